"""Registers, wherever commands run, that the hub follows what a report comes to keep secret."""

from __future__ import annotations

from portal.hub.commands import keeping
from portal.messaging.commands import corrected

corrected.add(keeping.follow)
