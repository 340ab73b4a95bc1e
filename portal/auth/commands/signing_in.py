"""Signing in: the password first, then a code; an unknown address costs and says the same as a wrong password."""

from __future__ import annotations

from uuid import UUID

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, passwords
from portal.auth.commands import codes
from portal.auth.commands.codes import Slip
from portal.auth.envelope import Details
from portal.auth.queries import accounts
from portal.kernel import scope
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor


def check_password(email: str, password: str) -> UUID:
    """The account whose password this is. Raises Invalid({"email": "credentials"}), always with the same work."""
    found = accounts.known(addresses.key_of(email))
    right = passwords.matches(found.password_hash if found else None, password)
    if found is not None and right and found.active:
        return found.id
    reason = "unknown" if found is None else "suspended" if right else "password"
    events.record_apart(Event.SIGN_IN_REFUSED, found.id if found else None, reason=reason)
    raise Invalid({"email": "credentials"})


def begin(email: str, password: str, language: str, replaces: Slip | None) -> Slip:
    """Check the password and have a code sent to the account's address. Raises Invalid as `check_password`."""
    account_id = check_password(email, password)
    slip = codes.begin("sign_in", Details(email=email.strip()), language, account_id=account_id, replaces=replaces)
    codes.send(slip, "sign_in")
    return slip


def finish(slip: Slip | None, code: str) -> Actor:
    """Spend the code; the person as this council knows them. Raises codes.WrongCode."""
    spent = codes.spend(slip, "sign_in", code)
    if spent.account_id is None:
        raise codes.WrongCode("expired")
    actor = accounts.actor_of(spent.account_id)
    scope.act_as(actor)
    events.record(Event.SIGNED_IN, actor.account_id)
    return actor


def sign_out(actor: Actor) -> None:
    """Record that the person left; the session itself ends with the answer."""
    events.record(Event.SIGNED_OUT, actor.account_id)
