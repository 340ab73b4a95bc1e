"""Reminding whoever was asked something and has not answered."""

from __future__ import annotations

from portal.kernel import clock, scope
from portal.messaging.queries import unanswered
from portal.referrals.commands import notices
from portal.tenants.opening import hours_of

REMIND_AFTER = 2  # working days, of a question that was asked before answers had a time


def remind() -> int:
    """Remind the author of every report whose answer was due (where nobody said until when, after REMIND_AFTER working
    days of the council in scope), once for each question; returns how many."""
    council = scope.council()
    now, hours = clock.now(), hours_of(council)
    waiting = [
        one
        for one in unanswered()
        if (one.answer_by or clock.due_after_working_days(one.asked_at, REMIND_AFTER, council.nation, hours)) <= now
    ]
    for one in waiting:
        notices.tell(scope.SYSTEM, "reminder", one.author_id, one.referral_id)
    return len(waiting)
