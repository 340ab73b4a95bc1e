"""Asks whoever sends our mail what came back."""

from __future__ import annotations

import structlog

from portal.adapters import ports
from portal.auth.commands import mailboxes
from portal.kernel import db, jobs, scope
from portal.kernel.errors import Unavailable

log = structlog.get_logger()


@jobs.app.periodic(cron="*/10 * * * *")
@jobs.app.task(name="auth.collect_returned", queueing_lock="auth.collect_returned", pass_context=False)
def collect_returned(timestamp: int) -> None:
    """Take in what came back since the last time; an outage is made up for by the next run, as what came back stays
    listed for days."""
    del timestamp
    count = 0
    try:
        for page in ports.mailer().returned():
            with db.unit_of_work(scope.Scope(actor=scope.SYSTEM)):
                new = sum(mailboxes.came_back(one) for one in page)
            count += new
            if not new:
                break
    except Unavailable:
        log.warning("auth.returned_mail_unavailable")
    if count:
        log.info("auth.mail_returned", count=count)
