"""The hub's job, and what it does, wherever commands run, once a report keeps something secret or a file was judged."""

from __future__ import annotations

from portal.files import outcomes
from portal.hub import telling
from portal.hub.commands import filing, keeping
from portal.kernel import jobs
from portal.messaging.commands import corrected
from portal.tenants.each import in_each

corrected.add(keeping.follow)
outcomes.register(filing.follow)


@jobs.app.periodic(cron="20 * * * *")
@jobs.app.task(name="hub.tell_held_back", queueing_lock="hub.tell_held_back", pass_context=False)
def tell_held_back(timestamp: int) -> None:
    """Every hour: partners who were told a day ago, and have not looked, are told once of all that came since."""
    del timestamp
    in_each(telling.tell_held_back, "hub.told")
