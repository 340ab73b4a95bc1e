"""Jobs about messages: reminding whoever was asked something and has not answered, and what nobody sent."""

from __future__ import annotations

from portal.auth import leaving
from portal.kernel import jobs
from portal.messaging.commands import drafting
from portal.messaging.commands.reminding import remind
from portal.messaging.queries import answer_due
from portal.referrals.queries import notices
from portal.tenants.each import in_each


@jobs.app.periodic(cron="15 8-18 * * *")
@jobs.app.task(name="messaging.remind", queueing_lock="messaging.remind", pass_context=False)
def remind_of_questions(timestamp: int) -> None:
    """Every hour of the day: who has not answered a question in time is reminded, once for each question."""
    del timestamp
    in_each(remind, "messages.reminded")


@jobs.app.periodic(cron="50 3 * * *")
@jobs.app.task(name="messaging.forget_drafts", queueing_lock="messaging.forget_drafts", pass_context=False)
def forget_drafts(timestamp: int) -> None:
    """Every night: what somebody typed and has neither sent nor touched for as long as the council keeps drafts."""
    del timestamp
    in_each(drafting.forget_old, "messages.drafts_forgotten")


notices.asked(answer_due)
leaving.register("messaging", drafting.HANDOVER)
