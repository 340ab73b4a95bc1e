"""The job that keeps the numbers of the dashboard few."""

from __future__ import annotations

from portal.kernel import jobs
from portal.reports.commands import fold
from portal.tenants.each import in_each


@jobs.app.periodic(cron="*/5 * * * *")
@jobs.app.task(name="reports.fold", queueing_lock="reports.fold", pass_context=False)
def fold_numbers(timestamp: int) -> None:
    """Every five minutes: fold what counts the reports of each council. Killed at any moment, nothing is lost."""
    del timestamp
    in_each(fold)
