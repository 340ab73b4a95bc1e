"""Something harmful in a file of a report: both sides hear of it, and so does the council's mailbox for security."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import and_, select

from portal.files.states import HARMFUL
from portal.kernel import db, jobs, scope
from portal.referrals.commands import notices
from portal.referrals.models import Attachment, Referral
from portal.tenants.vault import council_id

CONTACT_JOB: Final = "referrals.tell_contact_harmful"
NOTICE: Final = {"agency": "harmful", "council": "harmful_in"}


def follow(file_id: UUID, state: str) -> None:
    """Have everybody told whose file or report it is, in the transaction of the verdict."""
    if state != HARMFUL:
        return
    report = and_(Referral.tenant_id == Attachment.tenant_id, Referral.id == Attachment.referral_id)
    query = (
        select(
            Referral.id, Referral.reference, Referral.author_id, Referral.owner_id, Attachment.added_by, Attachment.side
        )
        .join(Referral, report)
        .where(Attachment.tenant_id == council_id(), Attachment.file_id == file_id)
    )
    found = db.session().execute(query).one_or_none()
    if found is None:
        return
    readers = {found.added_by: NOTICE[found.side]}
    if found.reference:
        readers = {found.author_id: NOTICE["agency"], found.owner_id: NOTICE["council"], **readers}
    for account_id, kind in readers.items():
        if account_id is not None:
            notices.tell(scope.SYSTEM, kind, account_id, found.id)
    jobs.enqueue(CONTACT_JOB, notice_id=uuid4(), referral_id=found.id)
