"""Invitations: those that are open, for whoever may send them; and the one that an email's secret opens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from portal.auth import envelope
from portal.auth.models import Account, Agency, AgencyApproval, Invitation, Membership
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries.agencies import Choice
from portal.auth.reach import within_reach
from portal.kernel import clock, db
from portal.kernel.language import Text
from portal.kernel.scope import Actor

MOST = 200


@dataclass(frozen=True)
class Offered:
    """What an invitation offers, to whom, and who made it; `account_id` is the address's account, if it has one."""

    id: UUID
    email: str
    email_key: str
    role: str
    sponsored: bool
    evidence: str
    agency_id: UUID | None
    agency: Text | None
    invited_by: UUID
    account_id: UUID | None


@dataclass(frozen=True)
class Open:
    """One invitation on the list of those that nobody has accepted yet."""

    id: UUID
    email: str
    role: str
    sponsored: bool
    agency: Text | None
    expires_at: datetime
    expired: bool
    version: int


@dataclass(frozen=True)
class Letter:
    """What the email of an invitation needs."""

    email: str
    language: str
    token: str
    version: int


def hashed(token: str) -> str:
    """What is stored of an invitation's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def manageable(actor: Actor) -> ColumnElement[bool]:
    """Invitations that the actor may see, cancel and send again: a lead those of colleagues, the council those of
    agencies' people, its administrators those of its own staff too."""
    own = within_reach(actor, Permission.PEOPLE, owner=Invitation.invited_by, agency=Invitation.agency_id)
    if reach(actor, Permission.COUNCIL) is Reach.COUNCIL:
        return own
    roles = ("referrer", "agency_lead") if reach(actor, Permission.PEOPLE) is Reach.COUNCIL else ("referrer",)
    return and_(own, Invitation.role.in_(roles))


def open_list(actor: Actor) -> tuple[Open, ...]:
    """Those that nobody has accepted or cancelled, newest first."""
    query = (
        select(
            Invitation.id,
            Invitation.email,
            Invitation.role,
            Invitation.sponsored,
            Agency.name.label("agency"),
            Invitation.expires_at,
            Invitation.version,
        )
        .outerjoin(Agency, Agency.id == Invitation.agency_id)
        .where(manageable(actor), Invitation.state == "open")
        .order_by(Invitation.created_at.desc(), Invitation.id)
        .limit(MOST)
    )
    now = clock.now()
    return tuple(
        Open(
            row.id,
            row.email,
            row.role,
            row.sponsored,
            row.agency,
            row.expires_at,
            expired=row.expires_at <= now,
            version=row.version,
        )
        for row in db.session().execute(query)
    )


def state_of(actor: Actor, invitation_id: UUID) -> tuple[str, int] | None:
    """How an invitation that the actor may know of stands, and its version."""
    query = select(Invitation.state, Invitation.version).where(manageable(actor), Invitation.id == invitation_id)
    row = db.session().execute(query).one_or_none()
    return (row.state, row.version) if row else None


def live(token_hash: str) -> ColumnElement[bool]:
    """The invitation that a secret opens, while it can be accepted: not used, not cancelled, not older than two days,
    and its agency still approved."""
    approved = exists().where(AgencyApproval.agency_id == Invitation.agency_id, AgencyApproval.state == "approved")
    return and_(
        Invitation.token_hash == token_hash,
        Invitation.state == "open",
        Invitation.expires_at > clock.now(),
        or_(Invitation.agency_id.is_(None), approved),
    )


def _offered() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Invitation.id,
            Invitation.email,
            Invitation.email_key,
            Invitation.role,
            Invitation.sponsored,
            Invitation.evidence,
            Invitation.agency_id,
            Agency.name.label("agency"),
            Invitation.invited_by,
            Account.id.label("account_id"),
        )
        .outerjoin(Agency, Agency.id == Invitation.agency_id)
        .outerjoin(Account, Account.email_key == Invitation.email_key)
    )


def offered(token_hash: str) -> Offered | None:
    """What the secret with this hash offers, while it lives."""
    row = db.session().execute(_offered().where(live(token_hash))).one_or_none()
    return Offered(*row) if row else None


def letter(invitation_id: UUID) -> Letter | None:
    """What its email needs; None when it was accepted or cancelled meanwhile."""
    row = (
        db.session()
        .execute(
            select(Invitation.email, Invitation.language, Invitation.wrapped_key, Invitation.version).where(
                Invitation.id == invitation_id, Invitation.state == "open", Invitation.expires_at > clock.now()
            )
        )
        .one_or_none()
    )
    if row is None:
        return None
    return Letter(row.email, row.language, envelope.token(row.wrapped_key, invitation_id), row.version)


def is_member(email_key: str, agency_id: UUID | None) -> bool:
    """Whether the person of that address is in already (in that agency; None: the council's own)."""
    query = (
        select(Membership.id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Account.email_key == email_key,
            Membership.agency_id == agency_id if agency_id else Membership.agency_id.is_(None),
            Membership.state.in_(("active", "suspended")),
            or_(Membership.ends_at.is_(None), Membership.ends_at > clock.now()),
        )
    )
    return db.session().execute(query).first() is not None


def agencies() -> tuple[Choice, ...]:
    """The agencies that this council has approved, by name."""
    rows = db.session().execute(
        select(Agency.id, Agency.name)
        .join(AgencyApproval, AgencyApproval.agency_id == Agency.id)
        .where(AgencyApproval.state == "approved")
        .order_by(Agency.name["en"].astext, Agency.id)
    )
    return tuple(Choice(row.id, row.name) for row in rows)
