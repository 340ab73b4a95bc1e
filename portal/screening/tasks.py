"""Jobs of the council's side: reports that have had their time go, every night."""

from __future__ import annotations

import structlog

from portal.kernel import db, jobs, scope
from portal.kernel.scope import Council, Scope
from portal.screening.commands import presence, retention
from portal.tenants import resolve
from portal.tenants.each import for_each, in_each

log = structlog.get_logger()


@jobs.app.periodic(cron="10 3 * * *")
@jobs.app.task(name="screening.end_reports", queueing_lock="screening.end_reports", pass_context=False)
def end_reports(timestamp: int) -> None:
    """Every night: what is about to go is put on the managers' list, and what was there long enough is destroyed, each
    batch in a transaction of its own. Killed at any moment, the next night goes on."""
    del timestamp
    # Years that were made longer a moment ago must count.
    resolve.forget()
    for_each(_end_reports)


@jobs.app.periodic(cron="*/10 * * * *")
@jobs.app.task(name="screening.forget_presence", queueing_lock="screening.forget_presence", pass_context=False)
def forget_presence(timestamp: int) -> None:
    """Every ten minutes: who had which report open is forgotten."""
    del timestamp
    in_each(presence.forget_old)


def _end_reports(council: Council) -> None:
    here = Scope(council=council, actor=scope.SYSTEM)
    with db.unit_of_work(here):
        retention.warn()
    gone = done = _batch(here)
    while done == retention.BATCH:
        done = _batch(here)
        gone += done
    if gone:
        log.info("reports.destroyed", council=council.slug, count=gone)


def _batch(here: Scope) -> int:
    with db.unit_of_work(here):
        return retention.destroy()
