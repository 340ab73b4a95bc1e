"""One-time codes: begun for one browser, sent by a job, tried five times, spent once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth import envelope
from portal.auth.envelope import Details
from portal.auth.models import OneTimeCode
from portal.kernel import clock, db, jobs, scope

DIGITS: Final = 6
TRIES: Final = 5
LIFE: Final = timedelta(minutes=15)
# How long after a proved address the password may be chosen.
PROVED_LIFE: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Slip:
    """What a browser's session keeps of a code: the row's id and a secret that binds the two."""

    id: UUID
    browser: str


@dataclass(frozen=True)
class Spent:
    """A code that was right: whose account (sign-in) or what was typed (registration)."""

    account_id: UUID | None
    details: Details


class WrongCode(Exception):
    """The code was refused; `reason` is a stable code: wrong, tries, expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def browser_hash(slip: Slip) -> str:
    """What is stored of the secret that binds a code to its browser."""
    return hashlib.sha256(slip.browser.encode()).hexdigest()


def _row_of(slip: Slip, purpose: str) -> ColumnElement[bool]:
    """The row, for the same browser, council and purpose only."""
    return and_(
        OneTimeCode.id == slip.id,
        OneTimeCode.browser_hash == browser_hash(slip),
        OneTimeCode.tenant_id == scope.council_id(),
        OneTimeCode.purpose == purpose,
    )


def begin(
    purpose: str, details: Details, language: str, *, account_id: UUID | None = None, replaces: Slip | None = None
) -> Slip:
    """Keep what was typed, sealed, for this browser; nothing is sent yet (`send`). Supersedes `replaces`."""
    if replaces is not None:
        withdraw(replaces, purpose)
    slip = Slip(uuid4(), secrets.token_urlsafe(32))
    wrapped = envelope.new_key(slip.id)
    now = clock.now()
    db.session().execute(
        insert(OneTimeCode).values(
            id=slip.id,
            purpose=purpose,
            tenant_id=scope.council_id(),
            account_id=account_id,
            browser_hash=browser_hash(slip),
            wrapped_key=wrapped,
            details=envelope.seal(wrapped, slip.id, details),
            language=language,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    return slip


def send(slip: Slip, purpose: str) -> None:
    """Have the code made and sent by a job; its fifteen minutes begin now."""
    db.session().execute(update(OneTimeCode).where(_row_of(slip, purpose)).values(expires_at=clock.now() + LIFE))
    jobs.enqueue("auth.send_code", code_id=slip.id)


def withdraw(slip: Slip, purpose: str) -> None:
    """Make a code worthless and forget what was typed."""
    db.session().execute(delete(OneTimeCode).where(_row_of(slip, purpose)))


def again(slip: Slip, purpose: str, language: str) -> Slip:
    """A new code for the same browser and details; the old one is worthless. Raises WrongCode("expired")."""
    row = (
        db.session()
        .execute(
            delete(OneTimeCode)
            .where(_row_of(slip, purpose), OneTimeCode.consumed_at.is_(None))
            .returning(OneTimeCode.wrapped_key, OneTimeCode.details, OneTimeCode.account_id, OneTimeCode.created_at)
        )
        .one_or_none()
    )
    # Resending keeps what was typed for an hour at most; after that the person begins again.
    if row is None or clock.now() - row.created_at > 4 * LIFE:
        raise WrongCode("expired")
    details = envelope.unseal(row.wrapped_key, slip.id, row.details)
    renewed = begin(purpose, details, language, account_id=row.account_id)
    db.session().execute(update(OneTimeCode).where(OneTimeCode.id == renewed.id).values(created_at=row.created_at))
    send(renewed, purpose)
    return renewed


def change(slip: Slip, purpose: str, details: Details) -> None:
    """Keep other details in the row (the agency chosen). Raises WrongCode("expired")."""
    wrapped = (
        db.session()
        .execute(
            select(OneTimeCode.wrapped_key).where(
                _row_of(slip, purpose), OneTimeCode.consumed_at.is_(None), OneTimeCode.expires_at > clock.now()
            )
        )
        .scalar_one_or_none()
    )
    if wrapped is None:
        raise WrongCode("expired")
    sealed = envelope.seal(wrapped, slip.id, details)
    db.session().execute(update(OneTimeCode).where(_row_of(slip, purpose)).values(details=sealed))


def spend(slip: Slip | None, purpose: str, code: str) -> Spent:
    """Use a code up. The try is counted apart, so that it counts whatever becomes of the request; the row is
    consumed by one atomic UPDATE, so that of many at once exactly one succeeds.

    Raises WrongCode: "expired" (also used up, another browser, superseded), "tries", "wrong".
    """
    try:
        return _spend(slip, purpose, code)
    except WrongCode as refusal:
        events.record_apart(Event.CODE_REFUSED, slip.id if slip else None, purpose=purpose, reason=refusal.reason)
        raise


def _spend(slip: Slip | None, purpose: str, code: str) -> Spent:
    if slip is None:
        raise WrongCode("expired")
    live = and_(_row_of(slip, purpose), OneTimeCode.consumed_at.is_(None), OneTimeCode.expires_at > clock.now())
    with db.apart() as own:
        row = own.execute(
            update(OneTimeCode)
            .where(live, OneTimeCode.tries < TRIES)
            .values(tries=OneTimeCode.tries + 1)
            .returning(OneTimeCode.wrapped_key, OneTimeCode.details, OneTimeCode.code_hash, OneTimeCode.account_id)
        ).one_or_none()
        exists = row is not None or own.execute(select(OneTimeCode.id).where(live)).one_or_none() is not None
    if row is None:
        raise WrongCode("tries" if exists else "expired")
    if not hmac.compare_digest(row.code_hash or "", envelope.digest(row.wrapped_key, slip.id, code)):
        raise WrongCode("wrong")
    won = db.session().execute(
        update(OneTimeCode).where(live).values(consumed_at=clock.now()).returning(OneTimeCode.id)
    )
    if won.one_or_none() is None:
        raise WrongCode("expired")
    return Spent(row.account_id, envelope.unseal(row.wrapped_key, slip.id, row.details))


def take(slip: Slip, purpose: str) -> Details:
    """What was typed under a code that was proved a moment ago, once: the row is gone. Raises WrongCode."""
    row = (
        db.session()
        .execute(
            delete(OneTimeCode)
            .where(_row_of(slip, purpose), OneTimeCode.consumed_at > clock.now() - PROVED_LIFE)
            .returning(OneTimeCode.wrapped_key, OneTimeCode.details)
        )
        .one_or_none()
    )
    if row is None:
        raise WrongCode("expired")
    return envelope.unseal(row.wrapped_key, slip.id, row.details)


def tidy() -> int:
    """Delete the rows that nobody can use any more; the number deleted."""
    gone = db.session().execute(
        delete(OneTimeCode).where(OneTimeCode.expires_at < clock.now() - PROVED_LIFE - LIFE).returning(OneTimeCode.id)
    )
    return len(gone.all())


def give_out(code_id: UUID, wrapped_key: bytes, purpose: str) -> str:
    """Make the code of a row that has none: only its digest is stored, so whoever calls must send it now."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    stored = envelope.digest(wrapped_key, code_id, code)
    db.session().execute(update(OneTimeCode).where(OneTimeCode.id == code_id).values(code_hash=stored))
    events.record(Event.CODE_SENT, code_id, purpose=purpose)
    return code


def answer_nobody(code_id: UUID) -> None:
    """Mark a row as answered without a code: none that anybody types will be right."""
    stored = secrets.token_hex(32)  # no code has this digest
    db.session().execute(update(OneTimeCode).where(OneTimeCode.id == code_id).values(code_hash=stored))


def answer_known(code_id: UUID, purpose: str) -> None:
    """Mark a registration's row as answered without a code: the address has an account already."""
    answer_nobody(code_id)
    events.record(Event.CODE_SENT, code_id, purpose=purpose)
