"""A forgotten password: the mailbox is proved first, then something that only the person has, then a new password.

A mailbox alone changes nothing: mailboxes are shared, forwarded and broken into. Whoever has nothing else is rung back
by somebody who knows them (ADR 34).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, passwords, sessions
from portal.auth.ceremonies import Place
from portal.auth.commands import codes, passkeys
from portal.auth.commands import factors as factor_changes
from portal.auth.commands.codes import Slip, WrongCode
from portal.auth.envelope import Details
from portal.auth.models import Account, CallBack
from portal.auth.queries import accounts, factors
from portal.auth.queries.factors import Factors
from portal.kernel import clock, db, jobs
from portal.kernel.errors import Forbidden, Invalid

PURPOSE: Final = "forgotten"
# How long after the mailbox was proved the rest may take.
STAGE_LIFE: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Stage:
    """The mailbox is proved. Kept in this browser's session only; `mark` changes with the password.

    `proved` says that something else than a mailbox has shown who this is.
    """

    account_id: UUID
    mark: str
    at: datetime
    proved: bool = False


def begin(email: str, language: str, replaces: Slip | None) -> Slip:
    """Have a code sent to the address, if it has an account; the same is done and said if it has none."""
    found = accounts.known(addresses.key_of(email))
    whose = found.id if found is not None and found.active else None
    slip = codes.begin(PURPOSE, Details(email=email), language, account_id=whose, replaces=replaces)
    codes.send(slip, PURPOSE)
    return slip


def mailbox_proved(slip: Slip | None, code: str) -> Stage:
    """Spend the emailed code. Raises WrongCode as `codes.spend`."""
    spent = codes.spend(slip, PURPOSE, code)
    mark = factors.password_mark(spent.account_id) if spent.account_id else None
    if spent.account_id is None or mark is None:
        raise WrongCode("expired")
    return Stage(spent.account_id, mark, clock.now())


def ways(stage: Stage) -> Factors:
    """What the person may show now, or whether somebody rang them back. Raises WrongCode("expired")."""
    _check(stage)
    return factors.of(stage.account_id)


def prove_with_app(stage: Stage, code: str) -> Stage:
    """Use a code of the person's app up. Raises WrongCode: "wrong", "used", "expired"."""
    return _proved(stage, lambda: factor_changes.use_app(stage.account_id, code))


def prove_with_recovery_code(stage: Stage, code: str) -> Stage:
    """Use a recovery code up. Raises WrongCode: "recovery", "expired"."""
    return _proved(stage, lambda: factor_changes.use_recovery_code(stage.account_id, code))


def prove_with_passkey(stage: Stage, answer: str, challenge: bytes | None, place: Place) -> Stage:
    """Check the answer of one of the person's own passkeys. Raises ceremonies.Refused; WrongCode: "wrong" for
    somebody else's, "expired"."""

    def use() -> None:
        # Without a challenge nothing is an answer: nobody can have signed one that is made now.
        if passkeys.use(answer, challenge or secrets.token_bytes(32), place) != stage.account_id:
            raise WrongCode("wrong")

    return _proved(stage, use)


def choose(stage: Stage, new: str) -> None:
    """Replace the password: every session ends and the person is told. Of two at once one wins.

    Raises Invalid({"password": short|long|words|obvious}), WrongCode("expired"), Forbidden while only the mailbox is
    proved.
    """
    found = ways(stage)
    if not (stage.proved or found.call_back_open):
        raise Forbidden("a mailbox alone changes nothing")
    person = accounts.actor_of(stage.account_id, strength="email")
    weak = passwords.weakness(new, passwords.words_of(person.name, person.email, *person.agency_name.values()))
    if weak is not None:
        raise Invalid({"password": weak})
    won = db.session().execute(
        update(Account)
        .where(Account.id == stage.account_id, func.md5(Account.password_hash) == stage.mark)
        .values(password_hash=passwords.hashed(new))
        .returning(Account.id)
    )
    if won.one_or_none() is None:
        raise WrongCode("expired")
    if not stage.proved and not found.strong:
        # Nothing is left that the call-back could be needed for; else setting up a new app uses it up.
        db.session().execute(
            update(CallBack)
            .where(CallBack.account_id == stage.account_id, CallBack.used_at.is_(None))
            .values(used_at=clock.now())
        )
    sessions.end_all(stage.account_id)
    events.record(Event.PASSWORD_CHANGED, stage.account_id)
    jobs.enqueue("auth.tell_password_changed", account_id=stage.account_id, event_id=uuid4())


def _proved(stage: Stage, use: Callable[[], None]) -> Stage:
    _check(stage)
    try:
        use()
    except WrongCode as refusal:
        events.record_apart(Event.SIGN_IN_REFUSED, stage.account_id, reason=refusal.reason)
        raise
    return replace(stage, proved=True)


def _check(stage: Stage) -> None:
    stale = clock.now() - stage.at > STAGE_LIFE
    if stale or factors.password_mark(stage.account_id) != stage.mark:
        raise WrongCode("expired")
