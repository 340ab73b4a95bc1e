"""When a council's hours, closures or times change, what is open is due when it would have been, had they been so."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import db
from portal.kernel.scope import Council
from portal.kernel.working_time import NOTHING, after_working_time, working_between
from portal.referrals.commands import alongside, pausing
from portal.referrals.deadlines import URGENT_RANK, due_at
from portal.referrals.models import ClockPause, Referral
from portal.referrals.states import OPEN
from portal.tenants.opening import hours_of

BATCH = 200


def recount(council: Council, after: UUID | None = None) -> UUID | None:
    """Count anew when the next open reports are due; the last one's id, None once there are no more.

    Run again it changes nothing. What changes is recorded in each report's trail; a pause that the council no longer
    wants ends.
    """
    if after is None:
        alongside.calendar_changed(council)
    rows = _open_reports(council, after)
    if not council.settings.clock.pauses:
        for row in rows:
            if row.clock_paused_at is not None:
                pausing.end(row.id, "switched_off")
        rows = _open_reports(council, after)
    stood = _stood_still(council, [row.id for row in rows])
    for row in rows:
        _recount(council, row, stood[row.id])
    if rows:
        alongside.recounted(council, [row.id for row in rows])
    return rows[-1].id if len(rows) == BATCH else None


def _open_reports(council: Council, after: UUID | None) -> list[Any]:
    query = (
        select(
            Referral.id, Referral.sent_at, Referral.due_at, Referral.urgency, Referral.clock_from,
            Referral.clock_rank, Referral.clock_paused_at,
        )
        .where(Referral.tenant_id == council.id, Referral.state.in_(sorted(OPEN)))
        .order_by(Referral.id)
        .limit(BATCH)
        # Messages may be written to a report meanwhile: see messaging's own lock.
        .with_for_update(key_share=True)
    )  # fmt: skip
    return list(db.session().execute(query if after is None else query.where(Referral.id > after)).all())


def _stood_still(council: Council, ids: list[UUID]) -> dict[UUID, list[tuple[datetime, datetime]]]:
    query = select(ClockPause.referral_id, ClockPause.begun_at, ClockPause.ended_at).where(
        ClockPause.tenant_id == council.id, ClockPause.referral_id.in_(ids), ClockPause.ended_at.is_not(None)
    )
    found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in db.session().execute(query):
        found[row.referral_id].append((row.begun_at, row.ended_at))
    return found


def _recount(council: Council, row: Any, pauses: list[tuple[datetime, datetime]]) -> None:
    now = _due(council, row, pauses)
    if now == row.due_at:
        return
    changed = update(Referral).where(Referral.tenant_id == council.id, Referral.id == row.id).values(due_at=now)
    db.session().execute(changed.execution_options(synchronize_session=False))
    events.record(Event.DUE_MOVED, row.id, was=row.due_at.isoformat(), due=now.isoformat())


def _due(council: Council, row: Any, pauses: list[tuple[datetime, datetime]]) -> datetime:
    rank = row.urgency if row.clock_rank is None else row.clock_rank
    start = row.clock_from or row.sent_at
    due = due_at(council, rank, start)
    if rank >= URGENT_RANK:
        return due
    calendar = (council.nation, hours_of(council))
    stood = (working_between(begun, ended, *calendar) for begun, ended in pauses if begun >= start)
    return after_working_time(due, sum(stood, NOTHING), *calendar)
