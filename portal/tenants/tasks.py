"""Every day, in every council: what has to be done about its people."""

from __future__ import annotations

import structlog

from portal.auth.commands import attesting, idle, reminding
from portal.kernel import clock, db, jobs, scope
from portal.kernel.scope import Scope
from portal.tenants import resolve
from portal.tenants.opening import hours_of

log = structlog.get_logger()


@jobs.app.periodic(cron="20 7 * * *")
@jobs.app.task(name="tenants.look_after_people", queueing_lock="tenants.look_after_people", pass_context=False)
def look_after_people(timestamp: int) -> None:
    """Remind of requests that nobody decides and of lists that nobody confirms; suspend whoever is away."""
    del timestamp
    for council in resolve.everyone():
        with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
            now = clock.now()
            found = reminding.remind(now, council.nation, hours_of(council))
            found += attesting.remind(now) + idle.look_after(now)
        if found:
            log.info("people.looked_after", council=council.slug, count=found)
