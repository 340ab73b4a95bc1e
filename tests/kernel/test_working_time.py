"""Working time across nights, weekends, bank holidays and changes of the clocks, against a count minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import clock
from portal.kernel.clock import LONDON, Hours
from portal.kernel.working_time import after_working_time, working_between

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
SPANS = st.timedeltas(timedelta(0), timedelta(days=40))
OFFICES = st.sampled_from(
    [Hours(), Hours(time(8, 30), time(16, 45)), Hours(days=(0, 2, 6), closures=(date(2027, 5, 4),))]
)
NATIONS = st.sampled_from(["england", "wales", "scotland", "northern_ireland"])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-23 10:00", "2026-11-23 12:30", 2.5),
        ("2026-11-23 16:00", "2026-11-24 10:00", 2),  # over a night
        ("2026-11-27 16:00", "2026-11-30 10:00", 2),  # over a weekend
        ("2027-03-25 16:00", "2027-03-30 09:00", 2),  # over Easter, at whose end it is 10:00 in summer time
        ("2027-12-24 12:00", "2027-12-29 12:00", 8),  # 27 and 28 December are substitute days
        ("2027-12-31 16:00", "2028-01-04 10:00", 2),  # from one year into the next
        ("2026-11-28 10:00", "2026-11-29 18:00", 0),  # a weekend
        ("2026-11-23 12:00", "2026-11-23 12:00", 0),
        ("2026-11-23 12:00", "2026-11-23 10:00", 0),
    ],
)
def test_working_time(start: str, end: str, hours: float) -> None:
    assert working_between(utc(start), utc(end), "wales", Hours()) == timedelta(hours=hours)


def test_scotland_works_a_day_less() -> None:
    span = utc("2027-12-31 16:00"), utc("2028-01-05 10:00")
    assert working_between(*span, "england", Hours()) - working_between(*span, "scotland", Hours()) == timedelta(
        hours=8
    )


def test_an_office_that_is_open_when_the_clocks_change_works_the_hours_that_pass() -> None:
    """27 to 28 March 2027 has 23 hours, 30 to 31 October 25."""
    always = Hours(time(0), time(23, 59), days=(6,))
    for day, hours in ((date(2027, 3, 28), 23), (date(2027, 10, 31), 25)):
        start, end = (datetime.combine(day, at, LONDON) for at in (time(0), time(23, 59)))
        expected = timedelta(hours=hours) - timedelta(minutes=1)
        assert working_between(start, end, "england", always) == expected
        assert after_working_time(start, expected, "england", always) == end


@given(MOMENTS, st.integers(0, 60 * 24 * 5), OFFICES, NATIONS)
def test_as_many_minutes_as_the_office_is_open(start: datetime, minutes: int, hours: Hours, nation: str) -> None:
    every = range(0, minutes, 15)
    opened = sum(clock.is_open(start + timedelta(minutes=one, seconds=1), nation, hours) for one in every)
    found = working_between(start, start + timedelta(minutes=len(every) * 15), nation, hours)
    # Each beginning, end and midnight may cut one quarter of an hour.
    assert abs(found - timedelta(minutes=15 * opened)) <= timedelta(minutes=15) * 12


@given(MOMENTS, SPANS, SPANS, OFFICES, NATIONS)
def test_spans_add_up_and_are_never_longer_than_what_passed(
    start: datetime, one: timedelta, other: timedelta, hours: Hours, nation: str
) -> None:
    middle, end = start + one, start + one + other
    parts = working_between(start, middle, nation, hours) + working_between(middle, end, nation, hours)
    assert parts == working_between(start, end, nation, hours) <= end - start


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), OFFICES, NATIONS)
def test_so_much_later_is_so_much_working_time(start: datetime, amount: timedelta, hours: Hours, nation: str) -> None:
    later = after_working_time(start, amount, nation, hours)
    assert working_between(start, later, nation, hours) == amount
    assert later == start or working_between(start, later - timedelta(seconds=1), nation, hours) < amount


def test_an_office_that_never_works_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no working day"):
        after_working_time(utc("2026-11-23 10:00"), timedelta(hours=1), "wales", Hours(days=()))
