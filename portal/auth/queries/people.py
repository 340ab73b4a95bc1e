"""The people whom an agency's lead, or the council, may approve or remove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from portal.auth.models import Account, Agency, Membership
from portal.auth.policy import Permission, Reach, reach
from portal.auth.reach import within_reach
from portal.kernel import db
from portal.kernel.language import Text
from portal.kernel.scope import Actor

PAGE = 50
MOST_WAITING = 200
AGENCY_ROLES = ("referrer", "agency_lead")
STAFF_ROLES = ("screener", "practice_manager", "form_designer", "council_admin", "early_help_worker")


@dataclass(frozen=True)
class Person:
    """One membership with its person; `version` is what a decision must name."""

    id: UUID
    name: str
    email: str
    job_title: str
    role: str
    agency: Text | None
    asked_at: datetime
    version: int
    state: str
    used_at: datetime | None
    why: str


def manageable(actor: Actor) -> ColumnElement[bool]:
    """Memberships that the actor may decide about: never their own. A lead's are the council's to decide about, the
    council's own people its administrators'.

    A would-be lead is approved by the council: otherwise whoever shares a domain could make themselves the
    lead of an agency with the help of one colleague.
    """
    by_council = reach(actor, Permission.PEOPLE) is Reach.COUNCIL
    own = within_reach(actor, Permission.PEOPLE, owner=Membership.account_id, agency=Membership.agency_id)
    others = and_(own, Membership.account_id != actor.account_id)
    if reach(actor, Permission.COUNCIL) is Reach.COUNCIL:
        return others
    roles = ("referrer", "agency_lead") if by_council else ("referrer",)
    return and_(others, Membership.agency_id.is_not(None), Membership.role.in_(roles))


def roles_for(actor: Actor, role: str, *, sponsored: bool) -> tuple[str, ...]:
    """The roles between which the actor may move somebody who has this one: nobody but the council makes a lead."""
    if reach(actor, Permission.PEOPLE) is not Reach.COUNCIL or sponsored:
        return ()
    if role in AGENCY_ROLES:
        return AGENCY_ROLES
    return STAFF_ROLES if reach(actor, Permission.COUNCIL) is Reach.COUNCIL else ()


def _people(actor: Actor, *states: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Membership.id,
            Membership.role,
            Membership.job_title,
            Membership.asked_at,
            Membership.version,
            Account.name,
            Account.email,
            Agency.name.label("agency"),
            Membership.state,
            Membership.used_at,
            Membership.why,
        )
        .join(Account, Account.id == Membership.account_id)
        .outerjoin(Agency, Agency.id == Membership.agency_id)
        .where(manageable(actor), Membership.state.in_(states))
    )


def _read(query: Select[*tuple[Any, ...]]) -> tuple[Person, ...]:
    return tuple(
        Person(
            row.id,
            row.name,
            row.email,
            row.job_title,
            row.role,
            row.agency,
            row.asked_at,
            row.version,
            row.state,
            row.used_at,
            row.why,
        )
        for row in db.session().execute(query)
    )


def waiting(actor: Actor) -> tuple[Person, ...]:
    """Who waits for the actor's decision, longest first."""
    return _read(_people(actor, "pending").order_by(Membership.asked_at, Membership.id).limit(MOST_WAITING))


def active(actor: Actor, page: int = 1) -> tuple[tuple[Person, ...], bool]:
    """Who is in (or suspended), by name, a page of PAGE at a time; and whether there are more."""
    query = _people(actor, "active", "suspended").order_by(Account.name, Membership.id)
    rows = _read(query.offset(PAGE * (page - 1)).limit(PAGE + 1))
    return rows[:PAGE], len(rows) > PAGE


def asks_to_lead(actor: Actor, membership_id: UUID) -> bool:
    """Whether it is somebody who waits to be their agency's lead."""
    query = select(Membership.id).where(
        manageable(actor),
        Membership.id == membership_id,
        Membership.role == "agency_lead",
        Membership.state == "pending",
    )
    return db.session().execute(query).one_or_none() is not None


def exists(actor: Actor, membership_id: UUID) -> bool:
    """Whether the actor may know of that membership at all."""
    query = select(Membership.id).where(manageable(actor), Membership.id == membership_id)
    return db.session().execute(query).one_or_none() is not None


def decided(actor: Actor, membership_id: UUID, state: str, version: int) -> bool:
    """Whether the actor's own decision brought that membership to that state and version."""
    query = select(Membership.id).where(
        manageable(actor),
        Membership.id == membership_id,
        Membership.state == state,
        Membership.version == version,
        Membership.decided_by == actor.account_id,
    )
    return db.session().execute(query).one_or_none() is not None
