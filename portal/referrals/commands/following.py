"""What a referrer does with a sent report: reads it, and takes it back while nobody has opened it."""

from __future__ import annotations

from portal.audit import events
from portal.audit.events import Event
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.scope import Actor
from portal.referrals.commands.moves import move
from portal.referrals.queries.record import Found

REASONS = ("sent_twice", "wrong_child", "wrong_council", "told_otherwise", "other")


def note_reading(actor: Actor, found: Found) -> None:
    """Record that somebody of the referrer's side read the report."""
    del actor  # the event takes the actor of the scope
    events.record(Event.REFERRAL_READ, found.id, part="own")


def withdraw(actor: Actor, found: Found, reason: str) -> None:
    """Take one's own report back while nobody has claimed it; it is kept.

    Raises NotFound for anybody but its author, Invalid for an unknown reason, Conflict once it is claimed.
    """
    if found.author_id != actor.account_id:
        raise NotFound("not the author")
    if reason not in REASONS:
        raise Invalid({"reason": "missing"})
    move(actor, found, "withdraw")
    events.record(Event.REFERRAL_WITHDRAWN, found.id, reason=reason)
