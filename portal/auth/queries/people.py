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


@dataclass(frozen=True)
class Person:
    """One membership with its person; `version` is what a decision must name."""

    id: UUID
    name: str
    email: str
    job_title: str
    role: str
    agency: Text
    asked_at: datetime
    version: int


def manageable(actor: Actor) -> ColumnElement[bool]:
    """Memberships that the actor may decide about: never the council's own staff, and so never their own
    (whoever decides is a lead or council staff, and leads are the council's to decide about).

    A would-be lead is approved by the council: otherwise whoever shares a domain could make themselves the
    lead of an agency with the help of one colleague.
    """
    by_council = reach(actor, Permission.PEOPLE) is Reach.COUNCIL
    own = within_reach(actor, Permission.PEOPLE, owner=Membership.account_id, agency=Membership.agency_id)
    roles = ("referrer", "agency_lead") if by_council else ("referrer",)
    return and_(
        own,
        Membership.agency_id.is_not(None),
        Membership.role.in_(roles),
    )


def _people(actor: Actor, state: str) -> Select[*tuple[Any, ...]]:
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
        )
        .join(Account, Account.id == Membership.account_id)
        .join(Agency, Agency.id == Membership.agency_id)
        .where(manageable(actor), Membership.state == state)
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
        )
        for row in db.session().execute(query)
    )


def waiting(actor: Actor) -> tuple[Person, ...]:
    """Who waits for the actor's decision, longest first."""
    return _read(_people(actor, "pending").order_by(Membership.asked_at, Membership.id).limit(MOST_WAITING))


def active(actor: Actor, page: int = 1) -> tuple[tuple[Person, ...], bool]:
    """Who is in, by name, a page of PAGE at a time; and whether there are more."""
    query = _people(actor, "active").order_by(Account.name, Membership.id)
    rows = _read(query.offset(PAGE * (page - 1)).limit(PAGE + 1))
    return rows[:PAGE], len(rows) > PAGE


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
