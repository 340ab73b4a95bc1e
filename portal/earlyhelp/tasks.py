"""The job that reminds teams; and, wherever commands run, what goes with a decision, which reports and files the role
of the teams reaches, what the calendar moves, and what a correction closes."""

from __future__ import annotations

from portal.auth.policy import Permission
from portal.earlyhelp.commands import keeping, offering, reminding
from portal.earlyhelp.queries.offers import handed, opened
from portal.kernel import jobs
from portal.messaging.commands import corrected
from portal.referrals.commands import alongside
from portal.referrals.queries import attachments, reaching
from portal.screening.commands import following
from portal.tenants.each import in_each


@jobs.app.periodic(cron="5-55/10 * * * *")
@jobs.app.task(name="earlyhelp.remind", queueing_lock="earlyhelp.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Every ten minutes: a team that has not answered in time is told once more. Run twice, it is told of once."""
    del timestamp
    in_each(reminding.remind, "earlyhelp.reminded")


following.add(offering.follow)
corrected.add(keeping.follow)
reaching.narrow(Permission.EARLY_HELP, handed)
attachments.also(opened)
alongside.on_calendar(reminding.recount)
