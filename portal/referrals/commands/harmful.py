"""Something harmful in a file of a report: both sides hear of it, and so does the council's mailbox for security."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import and_, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.models import Membership
from portal.files.states import HARMFUL
from portal.kernel import db, jobs, scope
from portal.kernel.scope import council_id
from portal.referrals.commands import notices
from portal.referrals.models import Attachment, Referral

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
    opened = who_had(file_id, found.id, (Event.FILE_OPENED,))
    readers = {found.added_by: NOTICE[found.side], **{who: NOTICE[side] for who, side in opened.items()}}
    if found.reference:
        readers = {found.author_id: NOTICE["agency"], found.owner_id: NOTICE["council"], **readers}
    for account_id, kind in readers.items():
        if account_id is not None:
            notices.tell(scope.SYSTEM, kind, account_id, found.id)
    jobs.enqueue(CONTACT_JOB, notice_id=uuid4(), referral_id=found.id, file_id=file_id)


def who_had(file_id: UUID, referral_id: UUID, by: Collection[Event]) -> dict[UUID, str]:
    """Whoever was given the file while it was thought to be good (one of these events says so) and still has access
    here, with their side, agency or council: each may have a copy."""
    event = AuditEvent
    here = and_(Membership.tenant_id == council_id(), Membership.account_id == event.actor_id)
    query = (
        select(event.actor_id, event.agency_id)
        .join(Membership, and_(here, Membership.state == "active"))
        .where(
            event.tenant_id == council_id(),
            event.subject_id == referral_id,
            event.event.in_([str(one) for one in by]),
            event.detail["file"].astext == str(file_id),
        )
        .distinct()
    )
    found = db.session().execute(query).all()
    return {row.actor_id: "agency" if row.agency_id else "council" for row in found}
