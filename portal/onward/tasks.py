"""Jobs about challenges: reminding those who answer, and counting anew when the calendar changes."""

from __future__ import annotations

from portal.kernel import jobs
from portal.onward.commands import reminding
from portal.referrals.commands import alongside
from portal.tenants.each import in_each


@jobs.app.periodic(cron="*/10 * * * *")
@jobs.app.task(name="onward.remind", queueing_lock="onward.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Every ten minutes: an answer that is soon due is told of once more. Run twice, it is told of once."""
    del timestamp
    in_each(reminding.remind, "onward.reminded")


alongside.on_calendar(reminding.recount)
