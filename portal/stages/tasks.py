"""Registers what happens with a report's moves and clocks wherever commands run (pages, jobs, the command line), and
what the holding area is narrowed by."""

from __future__ import annotations

from portal.referrals.commands import alongside
from portal.screening.queries import narrowing
from portal.stages import commands, queries

alongside.on_move(commands.follow)
alongside.on_recount(commands.recount)
narrowing.add("stage", queries.at_stage)
