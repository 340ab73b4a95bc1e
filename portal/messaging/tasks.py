"""Jobs about messages: reminding whoever was asked something and has not answered."""

from __future__ import annotations

import structlog

from portal.kernel import db, jobs, scope
from portal.kernel.scope import Scope
from portal.messaging.commands.reminding import remind
from portal.tenants import resolve

log = structlog.get_logger()


@jobs.app.periodic(cron="15 8 * * *")
@jobs.app.task(name="messaging.remind", queueing_lock="messaging.remind", pass_context=False)
def remind_of_questions(timestamp: int) -> None:
    """Every morning: who has not answered a question for two working days is reminded, once for each question."""
    del timestamp
    for council in resolve.everyone():
        with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
            found = remind()
        if found:
            log.info("messages.reminded", council=council.slug, count=found)
