"""Words for a referrer that give away what the report keeps secret wait until somebody confirms just that."""

from __future__ import annotations

from portal.audit import events
from portal.audit.events import Event
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.messaging.protecting import mark
from portal.messaging.queries import given_away
from portal.referrals.queries.record import Found


def held(actor: Actor, found: Found, text: str, confirmed: str, field: str) -> int:
    """How many secrets a text gives away, each of them confirmed.

    Raises Invalid({field: "protected"}) unless `confirmed` is the mark of just that text and those findings.
    """
    secrets = given_away(actor, found, text)
    if secrets and confirmed != mark(text, secrets):
        raise Invalid({field: "protected"})
    return len(secrets)


def note(found: Found, secrets: int) -> None:
    """Record that somebody confirmed as many secrets as `held` counted; nothing for none."""
    if secrets:
        events.record(Event.HELD_CONFIRMED, found.id, values=secrets)
