"""Deadlines across bank holidays, changes of the clocks and leap days (security-and-reliability 3.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import clock
from portal.kernel.clock import LONDON, Hours


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2027-03-25 16:59", "2027-03-30 15:59"),  # the clocks change on Easter Sunday
        ("2027-03-25 17:00", "2027-03-31 08:00"),  # after the cut-off
        ("2027-03-28 00:59:59", "2027-03-31 08:00"),  # the skipped hour
        ("2027-03-28 01:00:00", "2027-03-31 08:00"),
        ("2027-10-29 15:30", "2027-11-01 16:30"),
        ("2027-10-31 00:30", "2027-11-02 09:00"),  # 01:30 in summer time
        ("2027-10-31 01:30", "2027-11-02 09:00"),  # 01:30 again, in winter time
        ("2027-12-24 12:00", "2027-12-29 12:00"),  # 27 and 28 December are substitute days
        ("2027-12-31 16:00", "2028-01-04 16:00"),  # 3 January is a substitute day
        ("2028-02-29 12:00", "2028-03-01 12:00"),  # leap day
    ],
)
@pytest.mark.parametrize("nation", ["england", "wales"])
def test_one_working_day(received: str, due: str, nation: str) -> None:
    assert clock.due_after_working_days(utc(received), 1, nation, Hours()) == utc(due)


def test_scotland_has_a_holiday_more() -> None:
    assert clock.due_after_working_days(utc("2027-12-31 16:00"), 1, "scotland", Hours()) == utc("2028-01-05 16:00")


def test_a_closure_of_the_councils_own_counts_as_a_holiday() -> None:
    closed = Hours(closures=(date(2026, 11, 24),))
    assert clock.due_after_working_days(utc("2026-11-23 10:00"), 1, "wales", closed) == utc("2026-11-25 10:00")


def test_before_opening_counts_from_opening() -> None:
    hours = Hours(opens=time(8, 30))
    assert clock.due_after_working_days(utc("2026-11-23 03:00"), 1, "wales", hours) == utc("2026-11-24 08:30")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23 15:59", "2026-11-24 15:59"),
        ("2026-11-23 16:00", "2026-11-25 09:00"),
        ("2026-11-23 16:30", "2026-11-25 09:00"),
        ("2026-07-01 14:59", "2026-07-02 14:59"),  # 15:59 in summer time
        ("2026-07-01 15:00", "2026-07-03 08:00"),
    ],
)
def test_what_comes_after_the_cut_off_counts_from_the_next_working_day(received: str, due: str) -> None:
    assert clock.due_after_working_days(utc(received), 1, "wales", Hours(cutoff=time(16))) == utc(due)


def test_a_cut_off_after_closing_changes_nothing_and_the_office_stays_open_until_it_closes() -> None:
    late, early = Hours(cutoff=time(20)), Hours(cutoff=time(12))
    assert clock.due_after_working_days(utc("2026-11-23 17:00"), 1, "wales", late) == utc("2026-11-25 09:00")
    assert clock.is_open(utc("2026-11-23 13:00"), "wales", early)


def test_the_hour_that_comes_twice_lists_in_the_order_of_receiving() -> None:
    """01:30 in summer time comes before 01:30 in winter time, although a clock on the wall shows the same."""
    first, second = utc("2027-10-31 00:30"), utc("2027-10-31 01:30")
    assert first.astimezone(LONDON).time() == second.astimezone(LONDON).time()
    assert sorted([second, first]) == [first, second]


def test_elapsed_hours_do_not_care_about_the_clocks() -> None:
    noon = datetime(2027, 3, 27, 12, 0, tzinfo=LONDON)
    assert clock.due_after_hours(noon, 23).astimezone(LONDON) == datetime(2027, 3, 28, 12, 0, tzinfo=LONDON)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(MOMENTS, st.floats(0.5, 48))
def test_elapsed_deadlines_are_exact_in_utc(received: datetime, hours: float) -> None:
    assert clock.due_after_hours(received, hours) - received == timedelta(hours=hours)


@given(MOMENTS, st.integers(1, 10))
def test_working_day_deadlines_fall_in_office_hours_and_never_go_back(received: datetime, days: int) -> None:
    hours = Hours()
    due = clock.due_after_working_days(received, days, "wales", hours)
    assert due > received
    assert clock.is_open(due, "wales", hours)
    assert due <= clock.due_after_working_days(received, days + 1, "wales", hours)
    assert due <= clock.due_after_working_days(received + timedelta(hours=1), days, "wales", hours)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23 10:00", True),  # Monday
        ("2026-11-23 08:59", False),
        ("2026-11-23 17:00", False),
        ("2026-11-22 10:00", False),  # Sunday
        ("2026-12-25 10:00", False),  # Christmas
        ("2026-07-01 08:30", True),  # 09:30 in summer time
    ],
)
def test_the_office_is_open_in_its_own_time(at: str, is_open: object) -> None:
    assert clock.is_open(utc(at), "wales", Hours()) is is_open


def test_a_council_that_never_works_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no working day"):
        clock.due_after_working_days(utc("2026-11-23 10:00"), 1, "wales", Hours(days=()))


@pytest.mark.parametrize(("day", "age"), [("2026-03-26", 6), ("2026-03-27", 7), ("2026-03-28", 7)])
def test_age_in_whole_years(day: str, age: int) -> None:
    assert clock.age_on(date(2019, 3, 27), date.fromisoformat(day)) == age
