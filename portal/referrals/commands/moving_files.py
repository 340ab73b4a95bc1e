"""The files of a draft that is not sent go along to the report that takes its words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.files.models import StoredFile
from portal.files.states import ARRIVING
from portal.kernel import clock, db
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.scope import Actor, council_id
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Target
from portal.referrals.models import Attachment
from portal.referrals.queries.attachments import taken_up
from portal.referrals.queries.drafts import Draft

Follow = Callable[[UUID], None]
_following: list[Follow] = []


def add(follow: Follow) -> None:
    """Have a function of a higher package called with the report to which files were moved, in the same transaction:
    no verdict will come over those that have passed already."""
    if follow not in _following:
        _following.append(follow)


def move(actor: Actor, draft: Draft, target: Target) -> None:
    """Move every file that has arrived on the draft to the report, as added now in the order in which they came there;
    who added it is kept.

    Raises Invalid (file: report_full, too_many) when they have no room there, and NotFound for another agency's report.
    """
    del actor  # the events take the actor of the scope
    if draft.agency_id != target.agency_id:
        raise NotFound("another agency's")
    for report_id in sorted((draft.id, target.referral_id)):
        attaching.take_turns(report_id)
    _must_fit(draft.id, target.referral_id)
    now, coming = clock.now(), _arrived(draft.id)
    for place, file_id in enumerate(coming):
        statement = update(Attachment).where(Attachment.tenant_id == council_id(), Attachment.file_id == file_id)
        values = {
            "referral_id": target.referral_id, "message_id": target.message_id, "later": True,
            "added_at": now + timedelta(microseconds=place),
        }  # fmt: skip
        db.session().execute(statement.values(values).execution_options(synchronize_session=False))
        events.record(Event.FILE_MOVED, draft.id, file=str(file_id), to=str(target.referral_id))
        events.record(Event.FILE_ADDED, target.referral_id, file=str(file_id), side=target.side)
    for follow in _following if coming else ():
        follow(target.referral_id)


def _arrived(draft_id: UUID) -> list[UUID]:
    query = (
        select(StoredFile.id)
        .join(Attachment, (Attachment.tenant_id == StoredFile.tenant_id) & (Attachment.file_id == StoredFile.id))
        .where(
            StoredFile.tenant_id == council_id(), Attachment.referral_id == draft_id, StoredFile.state != ARRIVING
        )
        .order_by(Attachment.added_at, StoredFile.id)
    )  # fmt: skip
    return list(db.session().execute(query).scalars())


def _must_fit(draft_id: UUID, report_id: UUID) -> None:
    (coming, size), (there, taken) = taken_up(draft_id), taken_up(report_id)
    if not coming:
        return
    if taken + size > attaching.limits().report_most:
        raise Invalid({"file": "report_full"})
    if there + coming > attaching.MOST_FILES:
        raise Invalid({"file": "too_many"})
