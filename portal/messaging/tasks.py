"""Jobs about messages: reminding whoever was asked something and has not answered."""

from __future__ import annotations

from portal.kernel import jobs
from portal.messaging.commands.reminding import remind
from portal.tenants.each import in_each


@jobs.app.periodic(cron="15 8-18 * * *")
@jobs.app.task(name="messaging.remind", queueing_lock="messaging.remind", pass_context=False)
def remind_of_questions(timestamp: int) -> None:
    """Every hour of the day: who has not answered a question in time is reminded, once for each question."""
    del timestamp
    in_each(remind, "messages.reminded")
