"""The files that come with a message: on its report like any other, and shown with the message."""

from __future__ import annotations

from collections.abc import Sequence

from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor
from portal.messaging.commands.writing import Written
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from portal.referrals.queries.record import Found


def bring(actor: Actor, found: Found, side: str, written: Written, papers: Sequence[Paper]) -> None:
    """Put all of the files on the message, in its transaction. Of a message that was sent before, those that it has are
    not kept twice; of what is new on it the other side is told, as of any file.

    Raises Invalid({"file": a code of attaching, "number": which of them, from "0"}), Unavailable when the store is
    away, and Conflict when the report was withdrawn.
    """
    if not papers:
        return
    if found.state == "withdrawn":
        raise Conflict(state=found.state)
    other = found.owner_id if side == "agency" else found.author_id
    target = Target(
        found.id, found.agency_id, side,
        later=True, message_id=written.id, tells=None if written.new else other,
    )  # fmt: skip
    for number, paper in enumerate(papers):
        try:
            attaching.attach_along(actor, target, paper)
        except Invalid as invalid:
            raise Invalid({**invalid.errors, "number": str(number)}) from None
