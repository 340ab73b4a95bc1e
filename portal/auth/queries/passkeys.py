"""A person's passkeys, and the passkey that an answer names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.auth.models import Account, Passkey
from portal.kernel import db
from portal.kernel.scope import Actor


@dataclass(frozen=True)
class Mine:
    """A passkey as its person sees it."""

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None
    backed_up: bool


@dataclass(frozen=True)
class Stored:
    """What an answer is checked against."""

    id: UUID
    account_id: UUID
    public_key: bytes
    sign_count: int


def mine(actor: Actor) -> tuple[Mine, ...]:
    """The actor's passkeys, oldest first."""
    rows = db.session().execute(
        select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.used_at, Passkey.backed_up)
        .where(Passkey.account_id == actor.account_id)
        .order_by(Passkey.created_at, Passkey.id)
    )
    return tuple(Mine(row.id, row.name, row.created_at, row.used_at, row.backed_up) for row in rows)


def credential_ids(actor: Actor) -> tuple[bytes, ...]:
    """What the actor's passkeys are called among browsers, so that none makes a second one."""
    return tuple(
        db.session().execute(select(Passkey.credential_id).where(Passkey.account_id == actor.account_id)).scalars()
    )


def stored(credential_id: bytes) -> Stored | None:
    """The passkey of that name, of an account that is not suspended."""
    row = (
        db.session()
        .execute(
            select(Passkey.id, Passkey.account_id, Passkey.public_key, Passkey.sign_count)
            .join(Account, Account.id == Passkey.account_id)
            .where(Passkey.credential_id == credential_id, Account.state == "active")
        )
        .one_or_none()
    )
    return Stored(row.id, row.account_id, row.public_key, row.sign_count) if row else None
