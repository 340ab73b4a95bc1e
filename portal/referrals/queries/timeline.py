"""What happened to one report, as either side may know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, union_all

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.models import Account
from portal.kernel import db, scope
from portal.referrals.queries.record import Found

# What a timeline may show. An agency also learns when its report was taken up and when it was decided.
SHARED_EVENTS = (
    Event.REFERRAL_SENT,
    Event.REFERRAL_WITHDRAWN,
    Event.REFERRAL_CLAIMED,
    Event.QUESTION_ASKED,
    Event.REPLY_SENT,
    Event.DECIDED,
    Event.INFORMATION_ADDED,
    Event.ANSWER_CORRECTED,
    Event.WITHDRAWAL_ASKED,
    Event.WITHDRAWAL_ANSWERED,
    Event.NEWS_READ,
    Event.REOPENED,
    Event.REFERRAL_HANDED_OVER,
    Event.FILE_ADDED,
    Event.WORK_HANDED_OVER,
    Event.DECISION_CHALLENGED,
    Event.CHALLENGE_ANSWERED,
    Event.CHALLENGE_ENDED,
)
# Of its readings a timeline tells the first by a screener: support and lists are none.
READERS = ("screener", "practice_manager")
COUNCIL_EVENTS = (
    *SHARED_EVENTS,
    Event.CONTACT_LOGGED,
    Event.REFERRAL_OVERRIDDEN,
    Event.REFERRAL_RELEASED,
    Event.PRIORITY_CHANGED,
    Event.DUTY_ALERTED,
    Event.DUTY_ACKNOWLEDGED,
    Event.DUTY_ESCALATED,
    Event.CLOCK_PAUSED,
    Event.CLOCK_RESUMED,
    Event.DUE_MOVED,
    Event.OUTCOME_READ,
    Event.HELD_CONFIRMED,
    Event.HUB_OPENED,
    Event.HUB_RENEWED,
    Event.HUB_KEPT,
    Event.HUB_RELEASED,
    Event.HUB_WITHDRAWN,
    Event.TRANSFER_PROPOSED,
    Event.TRANSFER_SENT_BACK,
    Event.TRANSFER_TAKEN_BACK,
    Event.TRANSFER_OFFERED,
    Event.TRANSFER_ACCEPTED,
    Event.TRANSFER_ARRIVED,
    Event.TRANSFER_DECLINED,
    Event.TRANSFER_ENDED,
    Event.TRANSFER_PASSED_ON,
    Event.TRANSFER_CAME_LATER,
    Event.DECISION_PROPOSED,
    Event.PROPOSAL_APPROVED,
    Event.PROPOSAL_SENT_BACK,
    Event.PROPOSAL_WITHDRAWN,
    Event.PROPOSAL_OVERTAKEN,
    Event.DECISION_CORRECTED,
    Event.PARCEL_DELIVERED,
    Event.PARCEL_REFUSED,
    Event.PARCEL_GIVEN_UP,
    Event.RESTRICTED,
    Event.RESTRICTION_CHANGED,
    Event.LIFTING_ASKED,
    Event.RESTRICTION_LIFTED,
    Event.RECORD_OPENED,
    Event.OPENING_ENDED,
    Event.AGENCY_SIGHT_CHANGED,
    Event.EARLY_HELP_OFFERED,
    Event.EARLY_HELP_TAKEN_BACK,
    Event.EARLY_HELP_ACCEPTED,
    Event.EARLY_HELP_DECLINED,
    Event.EARLY_HELP_DONE,
    Event.EARLY_HELP_SETTLED,
    Event.EARLY_HELP_FILES,
    Event.EARLY_HELP_DUE_MOVED,
    Event.EARLY_HELP_REMINDED,
    Event.REPORT_HELD,
    Event.HOLD_LIFTED,
    Event.CHALLENGE_DUE_MOVED,
    Event.CHALLENGE_REMINDED,
    Event.CLOCK_RAN_OUT,
    Event.LETTER_MADE,
    Event.LETTER_SENT,
    Event.LETTER_WITHDRAWN,
)
# Whoever compares another report with it has not opened it.
_READ_ITSELF = AuditEvent.detail["part"].astext.not_in(("compare", "previous"))
# What a decision or a further offer settles is told by itself.
_TOLD = or_(AuditEvent.event != str(Event.EARLY_HELP_SETTLED), AuditEvent.detail["how"].astext == "left")
MOST_EVENTS = 200


@dataclass(frozen=True)
class TimelineEntry:
    """Something that happened; `who` is a name, "" where the reader may only know the side; `file` the id of the file
    that it is about, "" for anything else; `due` when the report was due from then on, if that is what happened."""

    at: datetime
    event: str
    who: str
    side: str
    file: str = ""
    due: datetime | None = None


def timeline(found: Found) -> tuple[TimelineEntry, ...]:
    """What happened to this report, newest first, the council's first reading of it among it.

    The council reads every name; an agency reads its own people's names and "" for the council's.
    """
    actor, council = scope.current().actor, scope.current().council
    council_side = actor is not None and actor.reach == "council"
    kinds = COUNCIL_EVENTS if council_side else SHARED_EVENTS
    about = and_(AuditEvent.tenant_id == (council.id if council else None), AuditEvent.subject_id == found.id)
    columns = (
        AuditEvent.id,
        AuditEvent.at,
        AuditEvent.event,
        AuditEvent.agency_id,
        AuditEvent.actor_id,
        AuditEvent.detail,
    )
    first = (
        select(*columns)
        .where(about, AuditEvent.event == str(Event.REFERRAL_READ), AuditEvent.actor_role.in_(READERS), _READ_ITSELF)
        .order_by(AuditEvent.at, AuditEvent.id)
        .limit(1)
    )
    told = union_all(
        select(*columns).where(about, AuditEvent.event.in_([str(kind) for kind in kinds]), _TOLD), first
    ).subquery()
    query = (
        select(told.c.at, told.c.event, told.c.agency_id, told.c.detail, Account.name)
        .outerjoin(Account, Account.id == told.c.actor_id)
        .order_by(told.c.at.desc(), told.c.id.desc())
        .limit(MOST_EVENTS)
    )
    return tuple(
        TimelineEntry(
            at=row.at,
            event=row.event,
            who=(row.name or "") if council_side or row.agency_id else "",
            side="agency" if row.agency_id else "council",
            file=str(row.detail["file"]) if row.event == Event.FILE_ADDED else "",
            due=datetime.fromisoformat(row.detail["due"]) if "due" in row.detail else None,
        )
        for row in db.session().execute(query)
    )
