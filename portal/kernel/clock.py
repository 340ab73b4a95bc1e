"""The time, working days and working hours per nation, and deadlines; stores UTC, counts in London."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}


class Hours(NamedTuple):
    """When an office works: local opening and closing times, weekdays (Monday is 0), its own closures; what comes after
    `cutoff` counts as received on the next working day (None: until it closes)."""

    opens: time = time(9)
    closes: time = time(17)
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    closures: tuple[date, ...] = ()
    cutoff: time | None = None

    @property
    def latest(self) -> time:
        """From when on something counts as received on the next working day."""
        return min(self.cutoff or self.closes, self.closes)


def now() -> datetime:
    """The present moment in UTC; tests replace this one function."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in London."""
    return now().astimezone(LONDON).date()


def midnight(moment: datetime, days: int = 0) -> datetime:
    """When the local day of that moment began, or the day so many days later (an hour may be missing between)."""
    day = moment.astimezone(LONDON).date() + timedelta(days=days)
    return datetime.combine(day, time(0), LONDON).astimezone(UTC)


@lru_cache(maxsize=64)
def _bank_holidays(nation: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv=SUBDIVISIONS[nation], years=year))


def works(day: date, nation: str, hours: Hours) -> bool:
    """Whether the office works on that day (bank holidays of the nation and own closures do not count)."""
    return day.weekday() in hours.days and day not in hours.closures and day not in _bank_holidays(nation, day.year)


def is_open(moment: datetime, nation: str, hours: Hours) -> bool:
    """Whether the office is open at that moment."""
    local = moment.astimezone(LONDON)
    return works(local.date(), nation, hours) and hours.opens <= local.time() < hours.closes


def next_working_day(day: date, nation: str, hours: Hours) -> date:
    """The first working day after `day`; a year without one is a mistake in the council's settings."""
    for step in range(1, 366):
        found = day + timedelta(days=step)
        if works(found, nation, hours):
            return found
    raise ValueError("no working day within a year")


def due_after_working_days(received: datetime, days: int, nation: str, hours: Hours) -> datetime:
    """The deadline `days` working days after `received`, in UTC.

    Received in working time: the same local time `days` working days later. Received outside it: counts
    from the opening of the next working day (security-and-reliability 3.4 has the table of values).
    """
    local = received.astimezone(LONDON)
    day, at = local.date(), local.time()
    if not works(day, nation, hours) or at >= hours.latest:
        day, at = next_working_day(day, nation, hours), hours.opens
    elif at < hours.opens:
        at = hours.opens
    for _ in range(days):
        day = next_working_day(day, nation, hours)
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def due_after_hours(received: datetime, hours: float) -> datetime:
    """The deadline that many elapsed hours later: urgency does not wait for the office to open."""
    return received.astimezone(UTC) + timedelta(hours=hours)


def age_on(born: date, day: date) -> int:
    """Whole years between a birth and a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
