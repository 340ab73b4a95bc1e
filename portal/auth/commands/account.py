"""What a person changes about themselves: their language, and where they are signed in."""

from __future__ import annotations

from sqlalchemy import update

from portal.audit import events
from portal.audit.events import Event
from portal.auth import sessions
from portal.auth.models import Account
from portal.kernel import db
from portal.kernel.errors import Invalid
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
