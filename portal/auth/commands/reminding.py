"""Requests that nobody decides: the lead is reminded after two and five working days, then the council."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import Membership
from portal.kernel import clock, db, jobs
from portal.kernel.clock import Hours

# Working days after which each reminder is due; the last one goes to the council.
AFTER: Final = (2, 5, 6)
TO_COUNCIL: Final = len(AFTER)


def remind(now: datetime, nation: str, hours: Hours) -> int:
    """Have those who should decide reminded of whoever waits too long; how many reminders. Twice a day is once."""
    waiting = db.session().execute(
        select(Membership.id, Membership.asked_at).where(
            Membership.state == "pending", Membership.reminded < TO_COUNCIL
        )
    )
    return sum(_remind(row.id, _stage(row.asked_at, now, nation, hours)) for row in waiting.all())


def _stage(asked_at: datetime, now: datetime, nation: str, hours: Hours) -> int:
    due = (clock.due_after_working_days(asked_at, days, nation, hours) for days in AFTER)
    return sum(now >= one for one in due)


def _remind(membership_id: UUID, stage: int) -> bool:
    changed = db.session().execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.state == "pending", Membership.reminded < stage)
        .values(reminded=stage)
        .returning(Membership.id)
    )
    if changed.one_or_none() is None:
        return False
    events.record(Event.REMINDED, membership_id, stage=stage)
    jobs.enqueue("auth.remind_approvers", membership_id=membership_id)
    return True
