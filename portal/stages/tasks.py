"""Registers what happens with a report's moves and clocks wherever commands run (pages, jobs, the command line), and
what the holding area is narrowed by."""

from __future__ import annotations

from portal.kernel import jobs
from portal.referrals.commands import alongside
from portal.screening.queries import narrowing
from portal.stages import commands, queries, running_out
from portal.tenants.each import in_each


@jobs.app.periodic(cron="*/5 * * * *")
@jobs.app.task(name="stages.look_at_clocks", queueing_lock="stages.look_at_clocks", pass_context=False)
def look_at_clocks(timestamp: int) -> None:
    """Every five minutes: whoever has a report hears of the council's own clocks that are over. Run twice, once."""
    del timestamp
    in_each(running_out.look, "stages.clocks_over")


alongside.on_move(commands.follow)
alongside.on_move(running_out.follow)
alongside.on_recount(commands.recount)
narrowing.add("stage", queries.at_stage, queries.left_stage)
