"""A new name, or a new address: the rules of agencies apply again, those concerned are told, other sessions end."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, passwords, sessions
from portal.auth.commands import codes, invitations
from portal.auth.commands.codes import Slip
from portal.auth.envelope import Details
from portal.auth.models import Account
from portal.auth.queries import accounts, hats
from portal.kernel import clock, db, jobs
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor

PURPOSE: Final = "email"
REASONS: Final = ("changed", "misspelt", "usual")


def change_name(actor: Actor, name: str, reason: str) -> None:
    """Take another name; whoever looks after the person is told. Raises Invalid({"reason": "choice"})."""
    if reason not in REASONS:
        raise Invalid({"reason": "choice"})
    changed = db.session().execute(
        update(Account)
        .where(Account.id == actor.account_id, Account.name != name)
        .values(name=name)
        .returning(Account.id)
    )
    if changed.one_or_none() is None:
        return
    events.record(Event.NAME_CHANGED, actor.account_id, reason=reason)
    if actor.membership_id is not None:
        jobs.enqueue("auth.tell_name_changed", membership_id=actor.membership_id, event_id=uuid4())


def begin_email(actor: Actor, email: str, password: str, language: str, replaces: Slip | None) -> Slip:
    """Have a code sent to the new address, and the old one told.

    Raises Forbidden without more proof than an emailed code, Invalid({"password": "wrong"}) and
    Invalid({"email": reason}) when the address does not fit every membership here.
    """
    if actor.weak:
        raise Forbidden
    known = accounts.known(addresses.key_of(actor.email))
    if not passwords.matches(known.password_hash if known else None, password):
        events.record_apart(Event.EMAIL_CHANGE_REFUSED, actor.account_id, reason="password")
        raise Invalid({"password": "wrong"})
    reason = _refusal(actor, email)
    if reason:
        events.record_apart(Event.EMAIL_CHANGE_REFUSED, actor.account_id, reason=reason)
        raise Invalid({"email": reason})
    slip = codes.begin(PURPOSE, Details(email=email), language, account_id=actor.account_id, replaces=replaces)
    codes.send(slip, PURPOSE)
    jobs.enqueue("auth.tell_email_asked", account_id=actor.account_id, event_id=slip.id)
    return slip


def finish_email(actor: Actor, slip: Slip | None, code: str, session_hash: str) -> None:
    """Spend the code and take the address; every other session of the person ends.

    Raises codes.WrongCode, Invalid({"email": reason}), Conflict when the address got an account meanwhile.
    """
    spent = codes.spend(slip, PURPOSE, code)
    if spent.account_id != actor.account_id:
        raise codes.WrongCode("expired")
    reason = _refusal(actor, spent.details.email)
    if reason:
        raise Invalid({"email": reason})
    address = addresses.parse(spent.details.email)
    try:
        with db.session().begin_nested():
            db.session().execute(
                update(Account)
                .where(Account.id == actor.account_id)
                .values(email=address.as_typed, email_key=address.key, email_proved_at=clock.now())
            )
    except IntegrityError:
        raise Conflict("the address has an account") from None
    sessions.end_all(actor.account_id, but=session_hash)
    events.record(Event.EMAIL_CHANGED, actor.account_id)
    jobs.enqueue("auth.tell_email_changed", account_id=actor.account_id, event_id=uuid4())


def _refusal(actor: Actor, email: str) -> str:
    """Why the address does not fit one of the person's memberships here, or ""."""
    if addresses.key_of(email) == addresses.key_of(actor.email):
        return "same"
    reasons = (
        invitations.refusal(
            invitations.SPONSORED if hat.sponsored else invitations.COLLEAGUE if hat.agency_id else invitations.STAFF,
            email,
            hat.agency_id,
        )
        for hat in hats.of(actor)
    )
    try:
        addresses.parse(email)
    except addresses.BadAddress as bad:
        return bad.reason
    return next((reason for reason in reasons if reason), "")
