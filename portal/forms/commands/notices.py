"""Has people told by email how a draft of a form stands: a job for each, in the transaction of the thing itself."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.forms.queries.drafts import Draft
from portal.kernel import jobs
from portal.kernel.scope import Actor

ASKED: Final = "forms.tell_second_people"
PUBLISHED: Final = "forms.tell_published"
SENT_BACK: Final = "forms.tell_sent_back"


def ask_second_people(actor: Actor, draft: Draft) -> None:
    """Tell everybody who could be the second pair of eyes that a draft waits for them."""
    for person in who_may(Permission.PUBLISH):
        if person.account_id != actor.account_id and person.account_id not in draft.writers:
            _tell(ASKED, draft, person.membership_id)


def tell_submitter(actor: Actor, draft: Draft, submitted_by: UUID | None, job: str) -> None:
    """Tell whoever submitted a draft what came of it (PUBLISHED or SENT_BACK), unless it was their own doing."""
    if submitted_by == actor.account_id:
        return
    for person in who_may(Permission.PUBLISH):
        if person.account_id == submitted_by:
            _tell(job, draft, person.membership_id)


def _tell(job: str, draft: Draft, membership_id: UUID) -> None:
    # The notice's own id keeps a second submission of the same draft from looking like the first one's email.
    jobs.enqueue(job, notice_id=uuid4(), draft_id=draft.id, membership_id=membership_id)
