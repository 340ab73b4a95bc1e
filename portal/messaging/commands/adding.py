"""Adding information to a report after it was sent, also after the decision."""

from __future__ import annotations

from uuid import UUID

from portal.audit import events
from portal.audit.events import Event
from portal.kernel.scope import Actor
from portal.messaging.commands.touching import lock, tell, touch
from portal.messaging.commands.writing import MAX_TEXT, checked, write
from portal.referrals.queries.record import Found

# A whole report that is carried over into another is longer than any message.
MOST_CARRIED = 400_000


def add(actor: Actor, found: Found, text: str, once: UUID, *, carried: bool = False) -> None:
    """Add information to a report, whatever its state but withdrawn; its owner is told, and on a decided report it
    waits in the holding area until somebody has read it. `once` as for `messaging.reply`.

    Raises Invalid({"message": required, too_long, control}) and Conflict when the report was withdrawn.
    """
    words = checked(text, MOST_CARRIED if carried else MAX_TEXT)
    locked = lock(found)
    if write(actor, found, "agency", words, once, kind="addition") is None:
        return
    touch(found, locked)
    events.record(Event.INFORMATION_ADDED, found.id)
    tell(actor, found, locked)
