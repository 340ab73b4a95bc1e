"""Accounts: who somebody is in this council, and where they are signed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, select, true

from portal.auth.agency_types import allowed
from portal.auth.models import Account, AccountSession, Agency, AgencyKindPermission, Membership
from portal.auth.queries import providers
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.kernel.language import Text
from portal.kernel.scope import Actor

MAY = (
    select(AgencyKindPermission.may)
    .where(AgencyKindPermission.tenant_id == Membership.tenant_id, AgencyKindPermission.kind == Agency.kind)
    .correlate(Membership, Agency)
    .scalar_subquery()
    .label("may")
)


@dataclass(frozen=True)
class Known:
    """An account as sign-in needs it."""

    id: UUID
    password_hash: str
    active: bool


@dataclass(frozen=True)
class SignedInOn:
    """One browser that is signed in; `here` is the one that asks."""

    since: datetime
    seen_at: datetime
    here: bool
    agent: str
    network: str
    handle: str


@dataclass(frozen=True)
class Mine:
    """What a person sees about themselves."""

    name: str
    email: str
    language: str
    role: str
    state: str
    job_title: str
    agency: Text | None
    agency_may: list[str] | None = None
    sponsored: bool = False


def known(email_key: str) -> Known | None:
    """The account of an address (its key), if there is one."""
    row = (
        db.session()
        .execute(select(Account.id, Account.password_hash, Account.state).where(Account.email_key == email_key))
        .one_or_none()
    )
    return Known(row.id, row.password_hash, row.state == "active") if row else None


def address_of(account_id: UUID) -> str:
    """The address of an account ("" for none)."""
    return db.session().execute(select(Account.email).where(Account.id == account_id)).scalar_one_or_none() or ""


def _mine(account_id: UUID, membership_id: UUID | None) -> tuple[Mine, UUID | None, UUID | None]:
    """Somebody and one of their memberships here: that one, else the one that `whoami` would choose."""
    council = scope.current().council
    state = case((Membership.ends_at <= clock.now(), "ended"), else_=Membership.state)
    here = and_(
        Membership.account_id == Account.id,
        Membership.tenant_id == (council.id if council else None),
        Membership.id == membership_id if membership_id else true(),
    )
    row = (
        db.session()
        .execute(
            select(
                Account.name,
                Account.email,
                Account.language,
                *(Membership.id, Membership.role, Membership.job_title, Membership.agency_id),
                state.label("state"),
                Agency.name.label("agency"),
                Membership.sponsored,
                MAY,
            )
            .select_from(Account)
            .outerjoin(Membership, here)
            .outerjoin(Agency, Agency.id == Membership.agency_id)
            .where(Account.id == account_id)
            .order_by(
                (state == "active").desc(),
                (state == "pending").desc(),
                func.coalesce(Membership.decided_at, Membership.asked_at).desc(),
                Membership.id,
            )
            .limit(1)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound
    said = (row.name, row.email, row.language, row.role or "", row.state or "", row.job_title or "")
    return Mine(*said, row.agency, row.may, bool(row.sponsored)), row.id, row.agency_id


def mine(actor: Actor) -> Mine:
    """What the actor sees about themselves in this council; raises NotFound."""
    return _mine(actor.account_id, actor.membership_id)[0]


def actor_of(account_id: UUID, membership_id: UUID | None = None, *, strength: str = "email") -> Actor:
    """The person as this council knows them (under that membership), as `whoami` will find them next."""
    found, membership_id, agency_id = _mine(account_id, membership_id)
    live = found.state in ("pending", "active")
    return Actor(
        account_id=account_id,
        name=found.name,
        email=found.email,
        language=found.language,
        membership_id=membership_id,
        role=found.role if live else "",
        state=found.state,
        agency_id=agency_id if live else None,
        agency_name=found.agency or {},
        agency_may=allowed(found.agency_may, sponsored=found.sponsored) if live and agency_id else frozenset(),
        job_title=found.job_title,
        strength=strength,
        passkey_role=live and found.role in providers.passkey_roles(),
    )


def signed_in_on(actor: Actor, session_hash: str) -> tuple[SignedInOn, ...]:
    """The browsers where the actor is signed in, newest first; `session_hash` marks the one that asks."""
    rows = db.session().execute(
        select(
            AccountSession.id_hash,
            AccountSession.signed_in_at,
            AccountSession.created_at,
            AccountSession.seen_at,
            AccountSession.agent,
            AccountSession.network,
        )
        .where(AccountSession.account_id == actor.account_id)
        .order_by(AccountSession.seen_at.desc())
        .limit(50)
    )
    return tuple(
        SignedInOn(
            row.signed_in_at or row.created_at,
            row.seen_at,
            row.id_hash == session_hash,
            row.agent,
            row.network,
            handle_of(row.id_hash),
        )
        for row in rows
    )


def handle_of(id_hash: str) -> str:
    """What a page calls a session: neither its id nor what is stored of it."""
    return hashlib.sha256(f"handle {id_hash}".encode()).hexdigest()[:16]


def session_called(actor: Actor, handle: str) -> str | None:
    """The hashed id of the actor's session that a page calls so."""
    rows = db.session().execute(select(AccountSession.id_hash).where(AccountSession.account_id == actor.account_id))
    return next((id_hash for id_hash in rows.scalars() if handle_of(id_hash) == handle), None)


def password_hash_of(actor: Actor) -> str | None:
    """What is stored of the actor's password."""
    return (
        db.session().execute(select(Account.password_hash).where(Account.id == actor.account_id)).scalar_one_or_none()
    )
