"""Whom a membership's emails go to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select

from portal.auth.models import Account, Membership
from portal.kernel import db


@dataclass(frozen=True)
class Reader:
    """Somebody to write to, in their language ("" if they never chose one)."""

    membership_id: UUID
    email: str
    language: str


@dataclass(frozen=True)
class Decided:
    """A membership as its own email needs it."""

    reader: Reader
    state: str
    version: int


def decided(membership_id: UUID) -> Decided | None:
    """The person of a membership and how it stands; None when there is none."""
    row = (
        db.session()
        .execute(
            select(Membership.id, Membership.state, Membership.version, Account.email, Account.language)
            .join(Account, Account.id == Membership.account_id)
            .where(Membership.id == membership_id)
        )
        .one_or_none()
    )
    return Decided(Reader(row.id, row.email, row.language), row.state, row.version) if row else None


def of_account(account_id: UUID) -> Reader | None:
    """The person of an account that is not suspended."""
    query = select(Account.email, Account.language).where(Account.id == account_id, Account.state == "active")
    row = db.session().execute(query).one_or_none()
    return Reader(account_id, row.email, row.language) if row else None


def approvers(membership_id: UUID) -> tuple[Reader, ...]:
    """Who may approve a membership that waits: the agency's leads; for a would-be lead, or an agency without
    a lead, the council's own people. Empty when it waits no longer."""
    asked = (
        db.session()
        .execute(
            select(Membership.agency_id, Membership.role).where(
                Membership.id == membership_id, Membership.state == "pending"
            )
        )
        .one_or_none()
    )
    return _choose(asked.agency_id, asked.role) if asked else ()


def looking_after(membership_id: UUID) -> tuple[Reader, ...]:
    """Who looks after somebody who is in: the agency's leads; for a lead, or an agency without one, the council."""
    query = select(Membership.agency_id, Membership.role).where(Membership.id == membership_id)
    row = db.session().execute(query).one_or_none()
    return _choose(row.agency_id, row.role) if row else ()


def _choose(agency_id: UUID | None, role: str) -> tuple[Reader, ...]:
    leads = and_(Membership.role == "agency_lead", Membership.agency_id == agency_id)
    council = Membership.role.in_(("practice_manager", "council_admin"))
    rows = (
        db.session()
        .execute(
            select(Membership.id, Membership.role, Account.email, Account.language)
            .join(Account, Account.id == Membership.account_id)
            .where(Membership.state == "active", Account.state == "active", or_(leads, council))
            .order_by(Membership.id)
        )
        .all()
    )
    own = [row for row in rows if row.role == "agency_lead" and role == "referrer"]
    chosen = own or [row for row in rows if row.role != "agency_lead"]
    return tuple(Reader(row.id, row.email, row.language) for row in chosen)


def council_people() -> tuple[Reader, ...]:
    """The council's managers and administrators, who look after agencies' leads."""
    rows = db.session().execute(
        select(Membership.id, Account.email, Account.language)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.state == "active",
            Account.state == "active",
            Membership.role.in_(("practice_manager", "council_admin")),
        )
        .order_by(Membership.id)
    )
    return tuple(Reader(row.id, row.email, row.language) for row in rows)


def reminded(membership_id: UUID) -> int:
    """How often those who may approve a membership were reminded of it; 0 when it waits no longer."""
    query = select(Membership.reminded).where(Membership.id == membership_id, Membership.state == "pending")
    return int(db.session().execute(query).scalar_one_or_none() or 0)


def reminders(membership_id: UUID) -> int:
    """How often somebody's lead was asked to confirm them."""
    query = select(Membership.reminded).where(Membership.id == membership_id)
    return int(db.session().execute(query).scalar_one_or_none() or 0)


def leads_of(agency_id: UUID) -> tuple[Reader, ...]:
    """The leads of an agency who are in."""
    rows = db.session().execute(
        select(Membership.id, Account.email, Account.language)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.state == "active",
            Account.state == "active",
            Membership.role == "agency_lead",
            Membership.agency_id == agency_id,
        )
        .order_by(Membership.id)
    )
    return tuple(Reader(row.id, row.email, row.language) for row in rows)
