"""Registers, wherever commands run, what goes with a decision and which reports the role of the teams reaches."""

from __future__ import annotations

from portal.auth.policy import Permission
from portal.earlyhelp.commands import offering
from portal.earlyhelp.queries.offers import handed
from portal.referrals.queries import reaching
from portal.screening.commands import following

following.add(offering.follow)
reaching.narrow(Permission.EARLY_HELP, handed)
