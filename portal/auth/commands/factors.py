"""Setting up, replacing and using what proves who a person is: an authenticator app and recovery codes."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.audit import events
from portal.audit.events import Event
from portal.auth import envelope, sessions, totp
from portal.auth.commands.codes import WrongCode
from portal.auth.models import Account, Authenticator, CallBack, Passkey, RecoveryCode
from portal.auth.queries import factors
from portal.kernel import clock, db, jobs
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor

RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10  # 80 bits: nobody guesses them, so a plain hash will do
_NOT_OF_A_CODE = re.compile(r"[^A-Z2-7]")


def set_up_app(actor: Actor, seed: bytes, typed: str, *, here: str) -> bool:
    """Make the app with that seed the person's own, once a code proves that it has it; the old one stops working.

    Every session but `here` (its hashed id) ends. Whether recovery codes are to be made: this is the first factor.
    Raises WrongCode("wrong"), Forbidden when this session may not change what is set up.
    """
    step = totp.matching_step(seed, typed, clock.now())
    if step is None:
        raise WrongCode("wrong")
    first = begin_change(actor)
    wrapped = envelope.new_key(actor.account_id, Authenticator.__tablename__)
    values = {
        "wrapped_key": wrapped,
        "seed": envelope.seal_secret(wrapped, actor.account_id, Authenticator.__tablename__, seed),
        "last_step": step,
        "confirmed_at": clock.now(),
    }
    db.session().execute(
        upsert(Authenticator)
        .values(account_id=actor.account_id, **values)
        .on_conflict_do_update(index_elements=["account_id"], set_=values)
    )
    end_change(actor, "authenticator", here=here)
    return first


def begin_change(actor: Actor) -> bool:
    """Check that this session may change what is set up; after a call-back, forget what was lost.

    Whether the person has nothing (left). Raises Forbidden.
    """
    # What an account has is read under the lock of its row: two browsers setting up at once take turns.
    db.session().execute(select(Account.id).where(Account.id == actor.account_id).with_for_update())
    found = factors.of(actor.account_id)
    if not found.may_set_up(actor):
        raise Forbidden("an email alone replaces nothing")
    if not (actor.weak and found.strong):
        return not found.codes_left
    for table in (Authenticator, Passkey, RecoveryCode):
        db.session().execute(delete(table).where(table.account_id == actor.account_id))
    db.session().execute(
        update(CallBack)
        .where(CallBack.account_id == actor.account_id, CallBack.used_at.is_(None))
        .values(used_at=clock.now())
    )
    return True


def end_change(actor: Actor, kind: str, *, here: str) -> None:
    """After a factor changed: every other session ends, and the person is told."""
    sessions.end_all(actor.account_id, but=here)
    events.record(Event.FACTOR_SET_UP, actor.account_id, kind=kind)
    jobs.enqueue("auth.tell_factor_set_up", account_id=actor.account_id, event_id=uuid4())


def use_app(account_id: UUID, typed: str) -> None:
    """Use a code of the person's app up: one atomic UPDATE, so that of many at once exactly one succeeds, and none
    that is as old as one used before. Raises WrongCode: "wrong", "used"."""
    found = factors.app_of(account_id)
    step = totp.matching_step(found.seed, typed, clock.now()) if found else None
    if step is None:
        raise WrongCode("wrong")
    won = db.session().execute(
        update(Authenticator)
        .where(Authenticator.account_id == account_id, Authenticator.last_step < step)
        .values(last_step=step)
        .returning(Authenticator.account_id)
    )
    if won.one_or_none() is None:
        raise WrongCode("used")


def make_recovery_codes(actor: Actor) -> tuple[str, ...]:
    """Ten new recovery codes, to be shown once; the old ones stop working. Raises Forbidden."""
    if actor.weak or actor.outside:
        raise Forbidden("this session replaces nothing")
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    db.session().execute(delete(RecoveryCode).where(RecoveryCode.account_id == actor.account_id))
    rows = [{"account_id": actor.account_id, "code_hash": _hashed(actor.account_id, code)} for code in codes]
    db.session().execute(insert(RecoveryCode), rows)
    events.record(Event.RECOVERY_CODES_MADE, actor.account_id)
    return codes


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _hashed(account_id: UUID, typed: str) -> str:
    bare = _NOT_OF_A_CODE.sub("", typed.upper())
    return hashlib.sha256(account_id.bytes + bare.encode()).hexdigest()


def use_recovery_code(account_id: UUID, typed: str) -> None:
    """Use a recovery code up; the person is told. Raises WrongCode("recovery")."""
    won = db.session().execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _hashed(account_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    )
    if won.one_or_none() is None:
        raise WrongCode("recovery")
    jobs.enqueue("auth.tell_recovery_code_used", account_id=account_id, event_id=uuid4())
