"""What was written in a draft becomes added information of a report that was sent already."""

from __future__ import annotations

from uuid import UUID

from portal.kernel.scope import Actor
from portal.messaging.commands import adding
from portal.referrals.commands import drafts
from portal.referrals.queries.attachments import taken_up
from portal.referrals.queries.drafts import Draft
from portal.referrals.queries.record import Found


def carry_over(actor: Actor, draft: Draft, found: Found, text: str, once: UUID) -> None:
    """Add the draft's words to the report and delete the draft, in one transaction; with files on it the draft stays,
    because they hang on it. `once` as for `adding.add`, which says what is raised."""
    adding.add(actor, found, text, once, carried=True)
    if not taken_up(draft.id)[0]:
        drafts.throw_away(actor, draft)
