"""Adding information to a report after it was sent, also after the decision."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from portal.audit import events
from portal.audit.events import Event
from portal.kernel.scope import Actor
from portal.messaging.commands.bringing import bring
from portal.messaging.commands.touching import lock, tell, touch
from portal.messaging.commands.writing import checked, whole, write
from portal.referrals.commands.attaching import Paper
from portal.referrals.queries.record import Found


@whole
def add(actor: Actor, found: Found, text: str, once: UUID, papers: Sequence[Paper] = ()) -> None:
    """Add information to a report, with files, whatever its state but withdrawn; its owner is told, and on a decided
    report it waits in the holding area until somebody has read it. `once` and `papers` as for `messaging.reply`.

    Raises Invalid({"message": required, too_long, control}), what `bringing.bring` does, and Conflict when the report
    was withdrawn.
    """
    written = write(actor, found, "agency", checked(text), once, kind="addition")
    bring(actor, found, "agency", written, papers)
    if written.new:
        announce(actor, found)


def announce(actor: Actor, found: Found) -> None:
    """Let the council see what was added, and have its owner told; raises Conflict when the report was withdrawn."""
    # Only now: the report is not held while files are stored.
    locked = lock(found)
    touch(found, locked)
    events.record(Event.INFORMATION_ADDED, found.id)
    tell(actor, found, locked)
