"""How long a council gives itself, when little of that is left, and how it counts: read with its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final

from portal.tenants.reading import Reader

RECOUNT_JOB: Final = "referrals.recount_clocks"
# The parts of the settings by which a report is due, or the answer of an early-help team or to a challenge.
DUE_BY: Final = frozenset({"clock", "phones", "early_help", "challenging"})


@dataclass(frozen=True)
class Clock:
    """Working days to decide, hours to act on something urgent.

    The light turns amber when `amber_hours` of working time are left, of something urgent `amber_minutes`. What comes
    after `cutoff` (local time; None: until the office closes) counts from the next working day.
    With `pauses` the clock of what is not urgent stands still while its referrer is asked.
    """

    decide_working_days: int
    urgent_hours: int
    amber_hours: int = 2
    amber_minutes: int = 60
    cutoff: time | None = None
    pauses: bool = False


def read_clock(group: Reader) -> Clock:
    """The group `clock` of a council.yaml; all but the first two may be missing."""
    found = Clock(
        decide_working_days=group.number("decide_working_days", 1, 20),
        urgent_hours=group.number("urgent_hours", 1, 24),
        amber_hours=group.number("amber_hours", 0, 80, Clock.amber_hours),
        amber_minutes=group.number("amber_minutes", 0, 720, Clock.amber_minutes),
        cutoff=_cutoff(group),
        pauses=_pauses(group),
    )
    group.finish()
    return found


def _cutoff(group: Reader) -> time | None:
    if not group.has("cutoff"):
        group.value("cutoff", required=False)
        return None
    return group.clock("cutoff")


def _pauses(group: Reader) -> bool:
    if not group.has("pauses"):
        group.value("pauses", required=False)
        return False
    return group.flag("pauses")
