"""What one council has to know of the other's side, and nothing of what it holds: how much came in to the sender after
its offer, which files could not be brought, and whether the receiver's report is restricted."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Text, and_, cast, func, or_, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.kernel import db
from portal.kernel.scope import council_id
from portal.referrals.models import Attachment, Referral
from portal.transfers.across import across, other
from portal.transfers.models import Transfer
from portal.transfers.queries.transfers import One
from portal.transfers.states import ACCEPTED, IN, OFFERED, OUT

CAME_IN: Final = (
    Event.REPLY_SENT, Event.INFORMATION_ADDED, Event.ANSWER_CORRECTED, Event.FILE_ADDED, Event.WITHDRAWAL_ASKED,
)  # fmt: skip


def came_in(referral_id: UUID | None, moment: datetime | None) -> int:
    """How many things the referrer's side or a colleague added to a report of the council in scope after a moment."""
    if moment is None:
        return 0
    # A file of a message came with it, and what the council attaches is as little news to it as what it asks.
    of_message = select(Attachment.file_id).where(
        Attachment.tenant_id == AuditEvent.tenant_id, Attachment.referral_id == AuditEvent.subject_id,
        cast(Attachment.file_id, Text) == AuditEvent.detail["file"].astext, Attachment.message_id.is_not(None),
    )  # fmt: skip
    file = and_(AuditEvent.detail["side"].astext == "agency", ~of_message.correlate(AuditEvent).exists())
    query = select(func.count()).where(
        AuditEvent.tenant_id == council_id(), AuditEvent.subject_id == referral_id, AuditEvent.at > moment,
        AuditEvent.event.in_([str(one) for one in CAME_IN]), or_(AuditEvent.event != str(Event.FILE_ADDED), file),
    )  # fmt: skip
    return int(db.session().execute(query).scalar_one())


def came_since(found: One) -> int:
    """The same for whoever is offered it, while it waits for an answer: a number, and nothing of what it was."""
    if found.side != IN or found.state != OFFERED or other(found.other_id) is None:
        return 0
    with across(found.other_id):
        query = select(Transfer.referral_id, Transfer.confirmed_at).where(
            Transfer.tenant_id == council_id(), Transfer.id == found.id, Transfer.side == OUT
        )
        row = db.session().execute(query).one_or_none()
        return came_in(row.referral_id, row.confirmed_at) if row else 0


def missing_there(found: One) -> frozenset[UUID]:
    """The files that were sent to the other council and could not be brought there."""
    if found.side != OUT or found.state != ACCEPTED or other(found.other_id) is None:
        return frozenset()
    with across(found.other_id):
        query = select(Transfer.files_missing).where(
            Transfer.tenant_id == council_id(), Transfer.id == found.id, Transfer.side == IN
        )
        return frozenset(db.session().execute(query).scalar_one_or_none() or ())


def open_there(found: One) -> bool:
    """Whether the report that it became is open to everybody of the other council who screens."""
    if found.side != OUT or other(found.other_id) is None:
        return False
    with across(found.other_id):
        query = (
            select(Referral.id)
            .join(Transfer, and_(Transfer.tenant_id == Referral.tenant_id, Transfer.referral_id == Referral.id))
            .where(Transfer.tenant_id == council_id(), Transfer.id == found.id, Transfer.side == IN)
            .where(Referral.sight.is_(None))
        )
        return db.session().execute(query).first() is not None
