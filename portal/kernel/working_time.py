"""How much of a span of time an office worked, and when so much of it will have passed. Pure; spans are elapsed."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from portal.kernel.clock import LONDON, Hours, works

NOTHING = timedelta(0)
# A year without a working day is a mistake in the council's settings.
_MOST_DAYS = 366


class _Year(NamedTuple):
    """The working days of a year in UTC: when each opens and closes, and how much was worked before each."""

    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta


def working_between(start: datetime, end: datetime, nation: str, hours: Hours) -> timedelta:
    """The working time from `start` to `end`; nothing when `end` is not after `start`."""
    # In local time Python reckons by the clock on the wall, which is put forward and back.
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return NOTHING
    first, last = start.astimezone(LONDON).year, end.astimezone(LONDON).year
    whole = sum((_year(nation, hours, year).total for year in range(first, last)), NOTHING)
    return whole + _so_far(end, last, nation, hours) - _so_far(start, first, nation, hours)


def after_working_time(start: datetime, amount: timedelta, nation: str, hours: Hours) -> datetime:
    """The first moment (UTC) at which the office has worked `amount` since `start`; `start` itself for nothing."""
    if amount <= NOTHING:
        return start
    day, left = start.astimezone(LONDON).date(), amount
    for _ in range(_MOST_DAYS + amount.days * 10):
        if works(day, nation, hours):
            opens, closes = _window(day, hours)
            begins = max(opens, start)
            if left <= closes - begins:
                return begins + left
            left -= max(closes - begins, NOTHING)
        day += timedelta(days=1)
    raise ValueError("no working day within a year")


def _so_far(moment: datetime, year: int, nation: str, hours: Hours) -> timedelta:
    """What was worked of that year until the moment, which is in it."""
    known = _year(nation, hours, year)
    begun = bisect_right(known.opens, moment)
    if not begun:
        return NOTHING
    return known.before[begun - 1] + (min(moment, known.closes[begun - 1]) - known.opens[begun - 1])


@lru_cache(maxsize=256)
def _year(nation: str, hours: Hours, year: int) -> _Year:
    days = (date(year, 1, 1) + timedelta(days=step) for step in range(366))
    windows = [_window(day, hours) for day in days if day.year == year and works(day, nation, hours)]
    before, total = [], NOTHING
    for opens, closes in windows:
        before.append(total)
        total += closes - opens
    return _Year(tuple(one[0] for one in windows), tuple(one[1] for one in windows), tuple(before), total)


def _window(day: date, hours: Hours) -> tuple[datetime, datetime]:
    """When the office opens and closes on that day, in UTC: between the two is elapsed time, whatever the clocks do."""
    opens, closes = (datetime.combine(day, at, LONDON).astimezone(UTC) for at in (hours.opens, hours.closes))
    return opens, closes
