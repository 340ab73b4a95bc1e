"""Where a report is among the stages, where it was, what is ticked, and the one value that its line needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.messaging.models import Message
from portal.referrals.models import ClockPause, Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found
from portal.referrals.states import BEGUN, OPEN
from portal.stages import rules
from portal.stages.models import StageTick, StageVisit
from portal.stages.rules import Span
from portal.tenants.opening import hours_of
from portal.tenants.own_clocks import MOMENTS


@dataclass(frozen=True)
class Visit:
    """A report's time at a stage; names are "" for nobody, `id` None for one that nobody has written down: where a
    report is by what its state says."""

    id: UUID | None
    stage: str
    how: str
    entered_at: datetime
    minutes: int | None
    due_at: datetime | None
    entered_by: str = ""
    left_at: datetime | None = None
    left_by: str = ""
    worked: int | None = None
    undone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tick:
    """A line that is ticked."""

    id: UUID
    item: str
    who: str
    at: datetime


def implied(found: Found) -> Visit:
    """Where a report is of which nothing is written down: nobody has moved it since it came, or not since there are
    stages."""
    council = scope.council()
    how = "claimed" if found.state in BEGUN else "arrival"
    stage = rules.first(council.settings.stages, how)
    at = found.sent_at or clock.now()
    due = rules.due(at, stage.minutes, (), council.nation, hours_of(council)) if stage.minutes else None
    return Visit(None, stage.key, how, at, stage.minutes, due)


def visits(actor: Actor, found: Found) -> tuple[Visit, ...]:
    """Where the report was, the latest first; an open one that nobody wrote down included."""
    came, went = aliased(Account), aliased(Account)
    query = (
        select(StageVisit, came.name, went.name)
        .join(Referral, (Referral.tenant_id == StageVisit.tenant_id) & (Referral.id == StageVisit.referral_id))
        .outerjoin(came, came.id == StageVisit.entered_by)
        .outerjoin(went, went.id == StageVisit.left_by)
        .where(reachable(actor, Permission.LOOK), StageVisit.referral_id == found.id)
        .order_by(StageVisit.entered_at.desc(), StageVisit.left_at.desc().nulls_first(), StageVisit.id)
    )
    rows: Sequence[Any] = db.session().execute(query).all()
    told = tuple(
        Visit(
            row.id, row.stage, row.how, row.entered_at, row.minutes, row.due_at, by or "", row.left_at, last or "",
            row.worked, tuple(row.undone),
        )
        for row, by, last in rows
    )  # fmt: skip
    return told or ((implied(found),) if found.state in OPEN else ())


def ticks(actor: Actor, found: Found, stage: str) -> Mapping[str, Tick]:
    """What is ticked of a stage's checklist, by its code."""
    query = (
        select(StageTick.id, StageTick.item, Account.name, StageTick.ticked_at)
        .join(Referral, (Referral.tenant_id == StageTick.tenant_id) & (Referral.id == StageTick.referral_id))
        .join(Account, Account.id == StageTick.ticked_by)
        .where(
            reachable(actor, Permission.LOOK),
            StageTick.referral_id == found.id,
            StageTick.stage == stage,
            StageTick.undone_at.is_(None),
        )
    )
    rows: Sequence[Any] = db.session().execute(query).all()
    return {row.item: Tick(row.id, row.item, row.name, row.ticked_at) for row in rows}


def pauses(report_ids: Sequence[UUID]) -> Mapping[UUID, list[Span]]:
    """When the clocks of these reports stood still, as far as that is over."""
    query = select(ClockPause.referral_id, ClockPause.begun_at, ClockPause.ended_at).where(
        ClockPause.tenant_id == scope.council().id,
        ClockPause.referral_id.in_(report_ids),
        ClockPause.ended_at.is_not(None),
    )
    found: dict[UUID, list[Span]] = defaultdict(list)
    rows: Sequence[Any] = db.session().execute(query).all()
    for row in rows:
        found[row.referral_id].append((row.begun_at, row.ended_at))
    return found


def at_stage(key: str) -> ColumnElement[bool]:
    """Whether an open report is at that stage, also where nothing is written down and its state says so."""
    stages = scope.council().settings.stages
    here = (
        select(StageVisit.stage)
        .where(
            StageVisit.tenant_id == Referral.tenant_id,
            StageVisit.referral_id == Referral.id,
            StageVisit.left_at.is_(None),
        )
        .correlate(Referral)
        .scalar_subquery()
    )
    begun, new = rules.first(stages, "claimed").key, rules.first(stages).key
    said = case((Referral.state.in_(sorted(BEGUN)), begun), else_=new)
    return and_(Referral.state.in_(sorted(OPEN)), func.coalesce(here, said) == key)


def left_stage(key: str, moment: datetime) -> ColumnElement[bool]:
    """Whether an open report was at that stage at the moment and is not now. Where nothing was written down by then,
    its state said so: it was at one of the two that states say."""
    stages = scope.council().settings.stages

    def visited(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        mine = (StageVisit.tenant_id == Referral.tenant_id, StageVisit.referral_id == Referral.id)
        return select(StageVisit.id).where(*mine, *where).correlate(Referral).exists()

    gone = visited(StageVisit.stage == key, StageVisit.left_at > moment)
    said = key in {rules.first(stages).key, rules.first(stages, "claimed").key}
    if said:
        since = or_(Referral.stage_moved_at > moment, Referral.changed_at > moment)
        gone = or_(gone, and_(since, ~visited(StageVisit.entered_at <= moment)))
    return and_(Referral.state.in_(sorted(OPEN)), gone, ~at_stage(key))


def number_at(key: str) -> int:
    """How many open reports of the council are at that stage. A number alone, for whoever changes the stages: it counts
    the reports that they may not read, too."""
    query = select(func.count()).select_from(Referral).where(Referral.tenant_id == scope.council().id, at_stage(key))
    with db.as_system() as session:
        return int(session.execute(query).scalar_one())


@dataclass(frozen=True)
class Moments:
    """When what a council's own clock may count from happened, and what may stop it: of two questions the last one
    begins it, and the first one stops it. Of a report that was opened again, what came after that."""

    starts: Mapping[str, datetime | None]
    ends: Mapping[str, datetime | None]


def moments(actor: Actor, found: Found) -> Moments:
    """The moments of that report, by `own_clocks.MOMENTS`."""
    query = select(*moment_columns()).where(reachable(actor, Permission.LOOK), Referral.id == found.id)
    return moments_of(db.session().execute(query).one())


def moments_of(row: Any) -> Moments:
    """The moments in a row that has `moment_columns`."""
    starts = {key: getattr(row, key) for key in MOMENTS}
    return Moments(starts, starts | {"asked": row.first_asked})


def moment_columns() -> tuple[ColumnElement[Any], ...]:
    """The moments of a report, of a statement over `Referral`."""
    begun = func.coalesce(Referral.clock_from, Referral.received_at, Referral.sent_at)
    thread = select(func.max(Message.sent_at)).where(
        Message.tenant_id == Referral.tenant_id, Message.referral_id == Referral.id, Message.sent_at >= begun
    )
    ours = thread.where(Message.side == "council")
    asked = ours.correlate(Referral).scalar_subquery()
    later = and_(Message.side == "agency", Message.sent_at >= asked)
    claims = select(func.min(AuditEvent.at)).where(
        AuditEvent.tenant_id == Referral.tenant_id,
        AuditEvent.subject_id == Referral.id,
        AuditEvent.event == Event.REFERRAL_CLAIMED.value,
        AuditEvent.at >= begun,
    )
    first = func.min(Message.sent_at)
    return (
        begun.label("received"),
        # A report that is given to a colleague is claimed anew; what counts is the first time.
        func.coalesce(claims.correlate(Referral).scalar_subquery(), Referral.claimed_at).label("claimed"),
        asked.label("asked"),
        ours.with_only_columns(first).correlate(Referral).scalar_subquery().label("first_asked"),
        thread.where(later).with_only_columns(first).correlate(Referral).scalar_subquery().label("answered"),
        Referral.decided_at.label("decided"),
    )


def now_column() -> ColumnElement[Any]:
    """Of the report's own statement: its stage, when that must be left, and which lines are ticked; null where nothing
    is written down."""
    done = (
        select(func.jsonb_agg(StageTick.item))
        .where(
            StageTick.tenant_id == StageVisit.tenant_id,
            StageTick.referral_id == StageVisit.referral_id,
            StageTick.stage == StageVisit.stage,
            StageTick.undone_at.is_(None),
        )
        .correlate(StageVisit)
        .scalar_subquery()
    )
    return (
        select(func.jsonb_build_object("stage", StageVisit.stage, "due", StageVisit.due_at, "done", done))
        .where(
            StageVisit.tenant_id == Referral.tenant_id,
            StageVisit.referral_id == Referral.id,
            StageVisit.left_at.is_(None),
        )
        .correlate(Referral)
        .scalar_subquery()
    )
