"""One person who is in, for whoever looks after them; who could take over; and agencies without a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from portal.auth.models import Account, Agency, AgencyApproval, Membership
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries.hub import is_partner
from portal.auth.queries.people import manageable
from portal.kernel import db
from portal.kernel.language import Text
from portal.kernel.scope import Actor

MOST = 200


@dataclass(frozen=True)
class Colleague:
    """One membership with its person; `version` is what a change must name."""

    membership_id: UUID
    account_id: UUID
    agency_id: UUID | None
    name: str
    email: str
    job_title: str
    role: str
    state: str
    why: str
    sponsored: bool
    evidence: str
    ends_at: datetime | None
    used_at: datetime | None
    asked_at: datetime
    version: int
    agency: Text | None
    hub: bool = False
    """Whether they are a partner in the council's hub."""


@dataclass(frozen=True)
class Heir:
    """A colleague who could take over what somebody leaves."""

    membership_id: UUID
    account_id: UUID
    name: str


def find(actor: Actor, membership_id: UUID) -> Colleague | None:
    """The membership, if the actor looks after it."""
    row = (
        db.session()
        .execute(
            select(
                Membership.id,
                Membership.account_id,
                Membership.agency_id,
                Account.name,
                Account.email,
                Membership.job_title,
                Membership.role,
                Membership.state,
                Membership.why,
                Membership.sponsored,
                Membership.evidence,
                Membership.ends_at,
                Membership.used_at,
                Membership.asked_at,
                Membership.version,
                Agency.name.label("agency"),
                is_partner(),
            )
            .join(Account, Account.id == Membership.account_id)
            .outerjoin(Agency, Agency.id == Membership.agency_id)
            .where(manageable(actor), Membership.id == membership_id)
        )
        .one_or_none()
    )
    return Colleague(*tuple(row)) if row else None


def heirs(actor: Actor, membership_id: UUID) -> tuple[Heir, ...]:
    """Who could take over from somebody whom the actor looks after."""
    return in_place_of(membership_id) if find(actor, membership_id) is not None else ()


def in_place_of(membership_id: UUID) -> tuple[Heir, ...]:
    """Those who are in at the same place as a membership, by name."""
    leaver = aliased(Membership)
    query = (
        select(Membership.id, Membership.account_id, Account.name)
        .join(Account, Account.id == Membership.account_id)
        .join(leaver, and_(leaver.tenant_id == Membership.tenant_id, leaver.id == membership_id))
        .where(
            Membership.id != membership_id,
            Membership.account_id != leaver.account_id,
            or_(
                Membership.agency_id == leaver.agency_id,
                and_(
                    leaver.agency_id.is_(None),
                    Membership.agency_id.is_(None),
                    Membership.role.in_(("screener", "practice_manager")),
                ),
            ),
            Membership.state == "active",
            Account.state == "active",
            # Whom the council vouches for sees only their own reports.
            Membership.sponsored.is_(False),
        )
        .order_by(Account.name, Membership.id)
        .limit(MOST)
    )
    return tuple(Heir(*row) for row in db.session().execute(query))


def has_lead(agency_id: UUID) -> bool:
    """Whether the agency has a lead who is in."""
    query = select(Membership.id).where(
        Membership.agency_id == agency_id, Membership.role == "agency_lead", Membership.state == "active"
    )
    return db.session().execute(query.limit(1)).first() is not None


def is_last_lead(membership_id: UUID) -> bool:
    """Whether this lead is the only one that their agency has."""
    other = aliased(Membership)
    query = select(Membership.id).where(
        Membership.id == membership_id,
        Membership.role == "agency_lead",
        Membership.state == "active",
        ~exists().where(
            other.agency_id == Membership.agency_id,
            other.id != Membership.id,
            other.role == "agency_lead",
            other.state == "active",
        ),
    )
    return db.session().execute(query).one_or_none() is not None


def without_lead(actor: Actor) -> tuple[Text, ...]:
    """The approved agencies that have people and no lead, for the council; by name."""
    if reach(actor, Permission.PEOPLE) is not Reach.COUNCIL:
        return ()
    lead, member = aliased(Membership), aliased(Membership)
    query = (
        select(Agency.name)
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .where(
            AgencyApproval.state == "approved",
            exists().where(member.agency_id == Agency.id, member.state == "active"),
            ~exists().where(lead.agency_id == Agency.id, lead.role == "agency_lead", lead.state == "active"),
        )
        .order_by(Agency.name["en"].astext)
        .limit(MOST)
    )
    return tuple(db.session().execute(query).scalars())
