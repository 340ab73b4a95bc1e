"""When the council must have acted on a report, by its own clock and office hours. Pure."""

from __future__ import annotations

from datetime import datetime

from portal.kernel import clock
from portal.kernel.scope import Council
from portal.tenants.opening import hours_of

URGENT_RANK = 4


def due_at(council: Council, rank: int, received: datetime) -> datetime:
    """Urgent: so many elapsed hours. Anything else: so many working days (security-and-reliability 3.4)."""
    settings = council.settings
    if rank >= URGENT_RANK:
        return clock.due_after_hours(received, settings.clock.urgent_hours)
    days = settings.clock.decide_working_days
    return clock.due_after_working_days(received, days, council.nation, hours_of(council))
