"""What was written in a draft becomes added information of a report that was sent already, and its files go along."""

from __future__ import annotations

from uuid import UUID

from portal.kernel.scope import Actor
from portal.messaging.commands.adding import announce
from portal.messaging.commands.writing import checked, whole, write
from portal.referrals.commands import drafts, moving_files
from portal.referrals.commands.attaching import Target
from portal.referrals.queries.drafts import Draft
from portal.referrals.queries.record import Found

# A whole report is longer than any message.
MOST_CARRIED = 400_000


@whole
def carry_over(actor: Actor, draft: Draft, found: Found, text: str, once: UUID) -> None:
    """Add the draft's words and files to the report and delete the draft, in one transaction. `once` as for
    `adding.add`.

    Raises Invalid for the text and when the files have no room there (file: report_full, too_many), and Conflict when
    the report was withdrawn.
    """
    written = write(actor, found, "agency", checked(text, MOST_CARRIED), once, kind="addition")
    target = Target(found.id, found.agency_id, "agency", later=True, message_id=written.id)
    moving_files.move(actor, draft, target)
    if written.new:
        announce(actor, found)
    drafts.throw_away(actor, draft)
