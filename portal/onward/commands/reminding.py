"""What time does to a challenge that waits for its answer: its date moves with the calendar, and is told of again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council
from portal.kernel.working_time import working_between
from portal.onward.commands.challenges import named_for
from portal.onward.models import Challenge
from portal.onward.queries.challenges import deciders
from portal.referrals.commands import telling
from portal.tenants.opening import hours_of

AT_ONCE: Final = 100
BEFORE: Final = timedelta(hours=2)
"""How much working time before an answer is due somebody is reminded."""
_SURELY_BEFORE: Final = timedelta(days=14)  # longer than any stretch of closed days in which less than BEFORE is worked


def recount(council: Council) -> None:
    """Count anew when the answers that wait are due: hours, closures or the times of a level changed."""
    levels = council.settings.challenging.levels
    for row in _waiting(council, Challenge.level <= len(levels)):
        days = levels[row.level - 1].working_days
        due = clock.due_after_working_days(row.raised_at, days, council.nation, hours_of(council))
        if due == row.due_at:
            continue
        # Whoever was reminded of an earlier date is reminded of the later one.
        reminded = row.reminded_at if due <= row.due_at else None
        _change(council, row, due_at=due, reminded_at=reminded)
        was = row.due_at.isoformat()
        events.record(Event.CHALLENGE_DUE_MOVED, row.referral_id, level=row.level, was=was, due=due.isoformat())


def remind() -> int:
    """Have those told who answer what is soon due, once each; how many challenges that was."""
    council, now, told = scope.council(), clock.now(), 0
    soon = (Challenge.reminded_at.is_(None), Challenge.due_at <= now + _SURELY_BEFORE)
    for row in _waiting(council, *soon, limit=AT_ONCE):
        if working_between(now, row.due_at, council.nation, hours_of(council)) > BEFORE:
            continue
        _change(council, row, reminded_at=now)
        those = deciders(row.referral_id, row.decision_id)
        only = named_for(council, row.level, row.referral_id, those)
        telling.tell_approvers(scope.SYSTEM, "challenge_due", row.referral_id, but=those, only=only)
        events.record(Event.CHALLENGE_REMINDED, row.referral_id, level=row.level)
        told += 1
    return told


def _waiting(council: Council, *which: Any, limit: int | None = None) -> Sequence[Any]:
    """The levels that wait for the council, the first due first; nobody else changes them meanwhile."""
    query = (
        select(
            Challenge.id, Challenge.referral_id, Challenge.decision_id, Challenge.level, Challenge.raised_at,
            Challenge.due_at, Challenge.reminded_at,
        )
        .where(
            Challenge.tenant_id == council.id, Challenge.answered_at.is_(None), Challenge.ended_at.is_(None), *which
        )
        .order_by(Challenge.due_at, Challenge.id)
        .limit(limit)
        # Whoever reminds comes again in ten minutes; what is not counted anew now would stay as it is.
        .with_for_update(skip_locked=limit is not None)
    )  # fmt: skip
    return db.session().execute(query).all()


def _change(council: Council, row: Any, **values: Any) -> None:
    changed = update(Challenge).where(Challenge.tenant_id == council.id, Challenge.id == row.id)
    db.session().execute(changed.values(**values).execution_options(synchronize_session=False))
