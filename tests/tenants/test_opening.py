"""Which number to ring at a moment, and a council's hours in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.cli.folders import COUNCILS
from portal.forms.folder import load
from portal.kernel.scope import Council
from portal.tenants.opening import hours_words, is_open, numbers
from portal.tenants.settings import Hours


def council(slug: str, hours: Hours | None = None) -> Council:
    found = load(COUNCILS / slug).settings
    if hours is not None:
        found = replace(found, phones=replace(found.phones, hours=hours))
    return Council(uuid4(), slug, found.name, found.nation, found.languages, found)


ENGLAND, WALES = council("avonmere"), council("glan-yr-afon")


# The holidays of a year are looked up once, and the first time takes longer.
@settings(deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)))
def test_exactly_one_number_answers_at_any_moment(moment: datetime) -> None:
    for one in (ENGLAND, WALES):
        assert [number.now for number in numbers(one, "en", moment)].count(True) == 1


def test_it_opens_and_closes_on_the_minute_in_local_time() -> None:
    # Summer time ends on 25 October 2026: the same local hour is another hour in UTC.
    before = datetime(2026, 10, 23, 7, 30, tzinfo=UTC)
    after = datetime(2026, 10, 26, 8, 30, tzinfo=UTC)
    for opens in (before, after):
        assert is_open(ENGLAND, opens)
        assert not is_open(ENGLAND, opens - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("hours", "english", "welsh"),
    [
        (Hours((0, 1, 2, 3, 4), time(8, 30), time(17)), "Monday to Friday, 8:30am to 5pm", "08:30"),
        (Hours((0, 2, 4), time(9), time(12)), "Monday, Wednesday, Friday, 9am to 12pm", "12:00"),
        (Hours((6,), time(0), time(23, 59)), "Sunday, 12am to 11:59pm", "Dydd Sul"),
    ],
)
def test_hours_in_words(hours: Hours, english: str, welsh: str) -> None:
    one = council("glan-yr-afon", hours)
    assert hours_words(one, "en") == f"{english}, except bank holidays"
    assert welsh in hours_words(one, "cy")


def test_numbers_are_named_in_the_readers_language() -> None:
    assert numbers(WALES, "cy")[1].name == "Tîm Dyletswydd Argyfwng"
    assert numbers(WALES, "en")[1].name == "Emergency Duty Team"
