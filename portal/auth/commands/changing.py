"""A new name, or a new address: the rules of agencies apply again, those concerned are told, other sessions end."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portal.audit import events
from portal.audit.events import Event
from portal.auth import addresses, councils, passwords, sessions
from portal.auth.commands import codes, invitations
from portal.auth.commands.codes import Slip
from portal.auth.envelope import Details
from portal.auth.models import Account
from portal.auth.queries import accounts, hats
from portal.kernel import clock, db, jobs, scope
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

    Raises Forbidden for a session of an emailed code or of single sign-on, Invalid({"password": "wrong"}) and
    Invalid({"email": reason}) when the address does not fit every membership, here and in every other council.
    """
    if actor.weak or actor.outside:
        raise Forbidden
    known = accounts.known(addresses.key_of(actor.email))
    if not passwords.matches(known.password_hash if known else None, password):
        events.record_apart(Event.EMAIL_CHANGE_REFUSED, actor.account_id, reason="password")
        raise Invalid({"password": "wrong"})
    reason = refusal(actor, email)
    if reason:
        kind = reason.partition(":")[0]
        events.record_apart(Event.EMAIL_CHANGE_REFUSED, actor.account_id, reason=kind)
        raise Invalid({"email": reason})
    slip = codes.begin(PURPOSE, Details(email=email), language, account_id=actor.account_id, replaces=replaces)
    codes.send(slip, PURPOSE)
    jobs.enqueue("auth.tell_email_asked", account_id=actor.account_id, event_id=slip.id)
    return slip


def finish_email(actor: Actor, slip: Slip | None, code: str, session_hash: str) -> None:
    """Spend the code and take the address; every other session of the person ends.

    Raises Forbidden as `begin_email`, codes.WrongCode, Invalid({"email": reason}), Conflict when the address got an
    account meanwhile.
    """
    if actor.weak or actor.outside:
        raise Forbidden
    spent = codes.spend(slip, PURPOSE, code)
    if spent.account_id != actor.account_id:
        raise codes.WrongCode("expired")
    reason = refusal(actor, spent.details.email)
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


def refusal(actor: Actor, email: str) -> str:
    """Why the address does not fit one of the person's memberships, or "".

    "elsewhere:" and a council's slug says that it is one there, and nothing of why: what a council knows of domains is
    its own.
    """
    if addresses.key_of(email) == addresses.key_of(actor.email):
        return "same"
    try:
        addresses.parse(email)
    except addresses.BadAddress as bad:
        return bad.reason
    return _refusal_here(actor, email) or _refusal_elsewhere(actor, email)


def _refusal_here(actor: Actor, email: str) -> str:
    reasons = (
        invitations.refusal(
            invitations.SPONSORED if hat.sponsored else invitations.COLLEAGUE if hat.agency_id else invitations.STAFF,
            email,
            hat.agency_id,
        )
        for hat in hats.of(actor)
    )
    return next((reason for reason in reasons if reason), "")


def _refusal_elsewhere(actor: Actor, email: str) -> str:
    here = scope.current().council
    for council in councils.everyone():
        if here is not None and council.id == here.id:
            continue
        with db.unit_of_work(scope.Scope(council, scope.SYSTEM)):
            if _refusal_here(actor, email):
                return f"elsewhere:{council.slug}"
    return ""
