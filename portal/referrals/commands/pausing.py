"""A report's clock stands still while its referrer is asked, where the council wants that; never an urgent one's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council
from portal.kernel.working_time import after_working_time, working_between
from portal.referrals.commands import alongside
from portal.referrals.deadlines import URGENT_RANK
from portal.referrals.models import ClockPause, Referral
from portal.referrals.queries.record import Found
from portal.tenants.opening import hours_of

QUESTION = "question"
# What a move out of "asked" says of the clock that goes on.
ENDS = {"answered": "answered", "decided": "decided", "withdrawn": "withdrawn", "sent": "released"}
_QUIETLY = {"synchronize_session": False}


def follow(found: Found, after: str) -> None:
    """Stop the clock of a report that was moved to "asked", and let it go on once it is moved on from there."""
    if after == "asked":
        if found.state != "asked":
            _begin(found)
    elif found.state == "asked":
        end(found.id, ENDS.get(after, "answered"))


def end(referral_id: Any, how: str) -> None:
    """Let a report's clock go on, due later by the working time that it stood still; nothing if it ran.

    `how` is one of PAUSE_ENDS.
    """
    council = scope.council()
    query = (
        select(ClockPause.id, ClockPause.begun_at, Referral.due_at)
        .join(Referral, (Referral.tenant_id == ClockPause.tenant_id) & (Referral.id == ClockPause.referral_id))
        .where(ClockPause.tenant_id == council.id, ClockPause.referral_id == referral_id, ClockPause.ended_at.is_(None))
        .with_for_update(of=ClockPause)
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        return
    now, calendar = clock.now(), (council.nation, hours_of(council))
    stood = working_between(row.begun_at, now, *calendar)
    due_at = after_working_time(row.due_at, stood, *calendar)
    ended = update(ClockPause).where(ClockPause.tenant_id == council.id, ClockPause.id == row.id)
    db.session().execute(ended.values(ended_at=now, ended=how).execution_options(**_QUIETLY))
    _set(council, referral_id, clock_paused_at=None, due_at=due_at)
    alongside.recounted(council, [referral_id])
    minutes = int(stood / timedelta(minutes=1))
    events.record(Event.CLOCK_RESUMED, referral_id, why=how, minutes=minutes, due=due_at.isoformat())


def _begin(found: Found) -> None:
    council = scope.council()
    if not council.settings.clock.pauses or found.urgency >= URGENT_RANK:
        return
    now = clock.now()
    db.session().execute(
        insert(ClockPause).values(
            tenant_id=council.id, id=uuid4(), referral_id=found.id, agency_id=found.agency_id, why=QUESTION,
            begun_at=now,
        )
    )  # fmt: skip
    _set(council, found.id, clock_paused_at=now)
    events.record(Event.CLOCK_PAUSED, found.id, why=QUESTION)


def _set(council: Council, referral_id: Any, **values: Any) -> None:
    """The version stays: a clock is no change that somebody's decision could collide with."""
    changed = update(Referral).where(Referral.tenant_id == council.id, Referral.id == referral_id).values(**values)
    db.session().execute(changed.execution_options(**_QUIETLY))
