"""A report goes from stage to stage, by what is done with it or because somebody moves it; lines are ticked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor, Council
from portal.kernel.working_time import working_between
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found
from portal.referrals.states import OPEN
from portal.stages import rules
from portal.stages.models import StageTick, StageVisit
from portal.stages.queries import Visit, implied, pauses
from portal.tenants.opening import hours_of
from portal.tenants.stage_settings import Stage

_QUIETLY = {"synchronize_session": False}


def follow(actor: Actor, found: Found, verb: str) -> None:
    """Take a report to the stage that goes with what was just done with it, and out of all when its work ends."""
    if verb not in rules.BY_VERB and verb not in rules.ENDS:
        return
    stages = scope.council().settings.stages
    here = _open(found)
    if here is None and verb != "reopen":
        here = implied(found)
    target = rules.entered_with(stages, verb, here.stage if here else "")
    if target is None and verb not in rules.ENDS:
        return
    if here is not None:
        _leave(actor, found, here, by_hand=False)
    if target is not None:
        _enter(actor, found, target, rules.BY_VERB[verb])


def move_on(actor: Actor, found: Found, key: str, seen: str, *, all_the_same: bool = False) -> None:
    """Move an open report to another stage; `seen` is the stage that the page showed.

    Raises Invalid({"stage": "unknown"}), Invalid({"undone": "ask"}) while something that should be done is not, unless
    `all_the_same`, Conflict when a colleague has moved it meanwhile or it is closed, and Forbidden for somebody who may
    only read. Moving it to where it is already changes nothing (a double click).
    """
    target = next((one for one in scope.council().settings.stages if one.key == key), None)
    if target is None:
        raise Invalid({"stage": "unknown"})
    here = _locked(actor, found)
    if here.stage == key:
        return
    if here.stage != seen:
        raise Conflict("moved meanwhile")
    if rules.missing(_stage(here.stage), _ticked(found, here.stage)) and not all_the_same:
        raise Invalid({"undone": "ask"})
    _leave(actor, found, here, by_hand=True)
    _enter(actor, found, target, "chosen")
    # For whoever looks at a list meanwhile; to its referrer nothing has changed.
    moved = update(Referral).where(Referral.tenant_id == scope.council().id, Referral.id == found.id)
    db.session().execute(moved.values(stage_moved_at=clock.now()).execution_options(**_QUIETLY))


def tick(actor: Actor, found: Found, stage: str, wanted: Collection[str], shown: Collection[str]) -> bool:
    """Tick what is `wanted` of the checklist, and take back what was ticked when the page was drawn (`shown`) and is
    not wanted; what a colleague did meanwhile to other lines stays. False when there was nothing to change.

    Raises Conflict when the report is at another stage now or closed, Invalid({"done": "unknown"}) for a line that is
    not on the checklist, Forbidden for somebody who may only read.
    """
    here = _locked(actor, found)
    if here.stage != stage:
        raise Conflict("moved meanwhile")
    known = [one.key for one in _stage(stage).checklist]
    if not set(wanted) <= set(known):
        raise Invalid({"done": "unknown"})
    now = _ticked(found, stage)
    add = [key for key in known if key in wanted and key not in shown and key not in now]
    take = [key for key in now if key in shown and key not in wanted]
    if not add and not take:
        return False
    if here.id is None:
        _write(found, here)
    _tick(actor, found, stage, add)
    gone = (
        update(StageTick)
        .where(_mine(StageTick, found), StageTick.stage == stage, StageTick.item.in_(take))
        .where(StageTick.undone_at.is_(None))
        .values(undone_by=actor.account_id, undone_at=clock.now())
    )
    db.session().execute(gone.execution_options(**_QUIETLY))
    events.record(Event.CHECKLIST_CHANGED, found.id, stage=stage, ticked=" ".join(add), undone=" ".join(take))
    return True


def recount(council: Council, report_ids: Sequence[UUID]) -> None:
    """Count anew when the stages that these reports are at must be left: a pause ended, or the calendar changed."""
    # A referrer's answer ends a pause too, and sees no stage.
    with db.as_system():
        query = select(StageVisit.id, StageVisit.referral_id, StageVisit.entered_at, StageVisit.minutes).where(
            StageVisit.tenant_id == council.id,
            StageVisit.referral_id.in_(report_ids),
            StageVisit.left_at.is_(None),
            StageVisit.minutes.is_not(None),
        )
        rows: Sequence[Any] = db.session().execute(query).all()
        stood = pauses([row.referral_id for row in rows]) if rows else {}
        for row in rows:
            due = rules.due(
                row.entered_at, row.minutes, stood.get(row.referral_id, ()), council.nation, hours_of(council)
            )
            changed = update(StageVisit).where(StageVisit.tenant_id == council.id, StageVisit.id == row.id)
            db.session().execute(changed.values(due_at=due).execution_options(**_QUIETLY))


def _mine(table: Any, found: Found) -> Any:
    return (table.tenant_id == scope.council().id) & (table.referral_id == found.id)


def _stage(key: str) -> Stage:
    return rules.by_key(scope.council().settings.stages, key)


def _open(found: Found) -> Visit | None:
    query = select(StageVisit).where(_mine(StageVisit, found), StageVisit.left_at.is_(None))
    row = db.session().execute(query).scalar_one_or_none()
    return None if row is None else Visit(row.id, row.stage, row.how, row.entered_at, row.minutes, row.due_at)


def _locked(actor: Actor, found: Found) -> Visit:
    """Where an open report is, and nobody moves it until this transaction ends."""
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    query = select(Referral.state).where(Referral.tenant_id == scope.council().id, Referral.id == found.id)
    # Messages may be written to it meanwhile.
    state = db.session().execute(query.with_for_update(key_share=True)).scalar_one_or_none()
    if state not in OPEN:
        raise Conflict("closed meanwhile", state=state or "")
    return _open(found) or implied(found)


def _ticked(found: Found, stage: str) -> list[str]:
    query = select(StageTick.item).where(
        _mine(StageTick, found), StageTick.stage == stage, StageTick.undone_at.is_(None)
    )
    return list(db.session().execute(query).scalars())


def _tick(actor: Actor, found: Found, stage: str, items: Sequence[str]) -> None:
    for item in items:
        made = insert_once(StageTick).values(
            tenant_id=scope.council().id, id=uuid4(), referral_id=found.id, stage=stage, item=item,
            ticked_by=actor.account_id, ticked_at=clock.now(),
        )  # fmt: skip
        db.session().execute(made.on_conflict_do_nothing())


def _write(found: Found, visit: Visit, **values: Any) -> None:
    db.session().execute(
        insert(StageVisit).values(
            tenant_id=scope.council().id, id=uuid4(), referral_id=found.id, stage=visit.stage, how=visit.how,
            entered_at=visit.entered_at, minutes=visit.minutes, due_at=visit.due_at, **values,
        )
    )  # fmt: skip


def _leave(actor: Actor, found: Found, here: Visit, *, by_hand: bool) -> None:
    council, now = scope.council(), clock.now()
    undone = [one.key for one in rules.missing(_stage(here.stage), _ticked(found, here.stage))]
    values = {
        "left_at": now,
        "left_by": None if actor.system else actor.account_id,
        "worked": _minutes(working_between(here.entered_at, now, council.nation, hours_of(council))),
        "undone": undone,
    }
    if here.id is None:
        _write(found, here, **values)
    else:
        left = update(StageVisit).where(StageVisit.tenant_id == council.id, StageVisit.id == here.id)
        db.session().execute(left.values(**values).execution_options(**_QUIETLY))
    if undone and by_hand:
        events.record(Event.STAGE_LEFT_UNDONE, found.id, stage=here.stage, undone=" ".join(undone))


def _enter(actor: Actor, found: Found, stage: Stage, how: str) -> None:
    council, now = scope.council(), clock.now()
    due: datetime | None = None
    if stage.minutes:
        due = rules.due(now, stage.minutes, (), council.nation, hours_of(council))
    by = None if actor.system else actor.account_id
    _write(found, Visit(None, stage.key, how, now, stage.minutes, due), entered_by=by)
    events.record(Event.STAGE_ENTERED, found.id, stage=stage.key, how=how)


def _minutes(length: timedelta) -> int:
    return int(length / timedelta(minutes=1))
