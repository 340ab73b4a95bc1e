"""What waits on a one-time code: the details that a browser typed, and what its email needs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from portal.auth import addresses, envelope
from portal.auth.envelope import Details
from portal.auth.models import Account, OneTimeCode
from portal.kernel import clock, db, scope


@dataclass(frozen=True)
class ToSend:
    """A code that has not been made yet: whom it goes to, and whether that address has an account."""

    purpose: str
    email: str
    language: str
    has_account: bool
    wrapped_key: bytes
    account_id: UUID | None = None


def details(code_id: UUID, browser_hash: str, purpose: str) -> Details | None:
    """What was typed in this browser, while its code lives or was proved a moment ago; else None."""
    council = scope.current().council
    row = (
        db.session()
        .execute(
            select(OneTimeCode.wrapped_key, OneTimeCode.details).where(
                OneTimeCode.id == code_id,
                OneTimeCode.browser_hash == browser_hash,
                OneTimeCode.purpose == purpose,
                OneTimeCode.tenant_id == (council.id if council else None),
                OneTimeCode.expires_at > clock.now(),
            )
        )
        .one_or_none()
    )
    return envelope.unseal(row.wrapped_key, code_id, row.details) if row else None


def to_send(code_id: UUID) -> ToSend | None:
    """The code's email; None when it was sent, used, superseded or is too old."""
    row = (
        db.session()
        .execute(
            select(
                OneTimeCode.purpose,
                OneTimeCode.language,
                OneTimeCode.wrapped_key,
                OneTimeCode.details,
                OneTimeCode.account_id,
            ).where(
                OneTimeCode.id == code_id,
                OneTimeCode.code_hash.is_(None),
                OneTimeCode.consumed_at.is_(None),
                OneTimeCode.expires_at > clock.now(),
            )
        )
        .one_or_none()
    )
    if row is None:
        return None
    typed = envelope.unseal(row.wrapped_key, code_id, row.details)
    # The stored address wins where there is an account: it is the one that was proved.
    query = select(Account.email).where(Account.email_key == addresses.key_of(typed.email))
    account = db.session().execute(query).scalar_one_or_none()
    return ToSend(
        row.purpose, account or typed.email, row.language, account is not None, row.wrapped_key, row.account_id
    )
