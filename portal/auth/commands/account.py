"""What a person changes about themselves: their language, and where they are signed in."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import update

from portal.audit import events
from portal.audit.events import Event
from portal.auth import passwords, sessions
from portal.auth.models import Account
from portal.auth.queries import accounts, factors
from portal.kernel import db, jobs, scope
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.language import LANGUAGES
from portal.kernel.scope import Actor


def choose_language(actor: Actor, language: str) -> None:
    """Keep the language for pages and emails. Raises Invalid({"lang": "choice"})."""
    if language not in LANGUAGES:
        raise Invalid({"lang": "choice"})
    db.session().execute(update(Account).where(Account.id == actor.account_id).values(language=language))


def end_sessions(actor: Actor) -> None:
    """End every session of the person, this one too."""
    sessions.end_all(actor.account_id)
    events.record(Event.SESSION_ENDED, actor.account_id, reason="asked")


def end_other_sessions(actor: Actor, here: str) -> None:
    """End every session of the person but this one."""
    sessions.end_all(actor.account_id, but=here)
    events.record(Event.SESSION_ENDED, actor.account_id, reason="others")


def end_session(actor: Actor, handle: str) -> None:
    """End one session of the person; ending it twice is once."""
    id_hash = accounts.session_called(actor, handle)
    if id_hash is not None:
        sessions.end(id_hash)
        events.record(Event.SESSION_ENDED, actor.account_id, reason="one")


def check_own_password(actor: Actor, password: str) -> None:
    """Whether that is the actor's password. Raises Invalid({"password": "wrong"})."""
    if not passwords.matches(accounts.password_hash_of(actor), password):
        events.record_apart(Event.SIGN_IN_REFUSED, actor.account_id, reason="password")
        raise Invalid({"password": "wrong"})


def change_password(actor: Actor, old: str, new: str, *, here: str) -> None:
    """Replace the password; every session but `here` ends and the person is told.

    Raises Invalid({"old": "wrong"}) or Invalid({"new": short|long|words|obvious}), Forbidden for a session of an
    emailed code where there is something stronger.
    """
    if not factors.of(actor.account_id).may_set_up(actor):
        raise Forbidden("an email alone replaces nothing")
    try:
        check_own_password(actor, old)
    except Invalid:
        raise Invalid({"old": "wrong"}) from None
    council = scope.current().council
    words = passwords.words_of(
        actor.name, actor.email, *actor.agency_name.values(), *(council.name.values() if council else ())
    )
    weak = passwords.weakness(new, words)
    if weak is not None:
        raise Invalid({"new": weak})
    hashed = passwords.hashed(new)
    db.session().execute(update(Account).where(Account.id == actor.account_id).values(password_hash=hashed))
    sessions.end_all(actor.account_id, but=here)
    events.record(Event.PASSWORD_CHANGED, actor.account_id)
    jobs.enqueue("auth.tell_password_changed", account_id=actor.account_id, event_id=uuid4())


def confirmed(actor: Actor, by: str) -> None:
    """Record that the person showed again who they are."""
    events.record(Event.CONFIRMED_AGAIN, actor.account_id, by=by)
