"""Registers what happens with a report's moves and clocks wherever commands run: pages, jobs and the command line."""

from __future__ import annotations

from portal.referrals.commands import alongside
from portal.stages import commands

alongside.on_move(commands.follow)
alongside.on_recount(commands.recount)
