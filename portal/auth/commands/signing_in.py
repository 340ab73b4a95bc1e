"""Signing in: the password first, then a code; an unknown address costs and says the same as a wrong password.

The code is an authenticator app's where the person has one. A code in an email proves an address only: whoever
signs in with it may write a report and reads nothing (policy.part).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, passwords
from portal.auth.ceremonies import Place, Refused
from portal.auth.commands import codes, passkeys
from portal.auth.commands import factors as factor_changes
from portal.auth.commands.codes import Slip, WrongCode
from portal.auth.envelope import Details
from portal.auth.queries import accounts, factors
from portal.kernel import clock, scope
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor

# How long after the password the code may be typed.
STAGE_LIFE: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Stage:
    """The password was right. Kept in this browser's session only; `mark` changes with the password."""

    account_id: UUID
    mark: str
    at: datetime
    has_app: bool
    has_codes: bool
    strong: bool


def check_password(email: str, password: str) -> UUID:
    """The account whose password this is. Raises Invalid({"email": "credentials"}), always with the same work."""
    found = accounts.known(addresses.key_of(email))
    right = passwords.matches(found.password_hash if found else None, password)
    if found is not None and right and found.active:
        return found.id
    reason = "unknown" if found is None else "suspended" if right else "password"
    events.record_apart(Event.SIGN_IN_REFUSED, found.id if found else None, reason=reason)
    raise Invalid({"email": "credentials"})


def begin(email: str, password: str) -> Stage:
    """Check the password; what comes next is the account's own app, or a code by email. Raises Invalid as
    `check_password`."""
    account_id = check_password(email, password)
    found = factors.of(account_id)
    has_app = found.app_since is not None
    mark = factors.password_mark(account_id) or ""
    return Stage(account_id, mark, clock.now(), has_app, found.codes_left > 0, found.strong)


def send_code(stage: Stage, language: str, replaces: Slip | None) -> Slip:
    """Have a code sent to the account's address. It lets the person write a report, and read none.

    Raises WrongCode("expired").
    """
    _check(stage)
    details = Details(email=accounts.address_of(stage.account_id))
    slip = codes.begin("sign_in", details, language, account_id=stage.account_id, replaces=replaces)
    codes.send(slip, "sign_in")
    return slip


def finish(slip: Slip | None, code: str) -> Actor:
    """Spend the emailed code; the person as this council knows them. Raises codes.WrongCode."""
    spent = codes.spend(slip, "sign_in", code)
    if spent.account_id is None:
        raise WrongCode("expired")
    return _signed_in(spent.account_id, "email")


def finish_with_app(stage: Stage, code: str) -> Actor:
    """Use a code of the person's app up; the person as this council knows them. Raises codes.WrongCode."""
    return _finish(stage, lambda: factor_changes.use_app(stage.account_id, code))


def finish_with_recovery_code(stage: Stage, code: str) -> Actor:
    """Use a recovery code up; the person as this council knows them. Raises codes.WrongCode."""
    return _finish(stage, lambda: factor_changes.use_recovery_code(stage.account_id, code))


def finish_with_passkey(answer: str, challenge: bytes | None, place: Place) -> Actor:
    """Check a passkey's answer; the person as this council knows them. Neither address nor password is asked.

    Raises ceremonies.Refused.
    """
    try:
        # Without a challenge nothing is an answer: nobody can have signed one that is made now.
        account_id = passkeys.use(answer, challenge or secrets.token_bytes(32), place)
    except Refused:
        events.record_apart(Event.SIGN_IN_REFUSED, reason="passkey")
        raise
    return _signed_in(account_id, "passkey")


def _finish(stage: Stage, use: Callable[[], None]) -> Actor:
    try:
        _check(stage)
        use()
    except WrongCode as refusal:
        events.record_apart(Event.SIGN_IN_REFUSED, stage.account_id, reason=refusal.reason)
        raise
    return _signed_in(stage.account_id, "totp")


def _check(stage: Stage) -> None:
    """Whether the password is still right: it may have been changed, or the account suspended, since it was typed."""
    stale = clock.now() - stage.at > STAGE_LIFE
    if stale or not stage.mark or factors.password_mark(stage.account_id) != stage.mark:
        raise WrongCode("expired")


def _signed_in(account_id: UUID, strength: str) -> Actor:
    actor = accounts.actor_of(account_id, strength=strength)
    scope.act_as(actor)
    events.record(Event.SIGNED_IN, actor.account_id, by=strength)
    return actor


def sign_out(actor: Actor) -> None:
    """Record that the person left; the session itself ends with the answer."""
    events.record(Event.SIGNED_OUT, actor.account_id)
