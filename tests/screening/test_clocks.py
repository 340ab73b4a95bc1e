"""The light of a report, the time that is left in words, and how long ago it came: in the list and on its page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel import clock
from portal.kernel.scope import Council
from portal.screening.clock_words import age_words, light_badge
from portal.screening.clocks import IN_TIME, OVERDUE, SOON, Clocks
from portal.tenants.settings import parse_council
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.tenants.test_settings import document

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def council() -> Council:
    """Avonmere: open 09:00 to 17:00; two working hours, and sixty minutes of an urgent report, are little."""
    settings = parse_council(document("avonmere"))
    phones = replace(settings.phones, hours=replace(settings.phones.hours, opens=_nine(), closes=_five()))
    return Council(None, "avonmere", {}, "england", ("en",), replace(settings, phones=phones))  # type: ignore[arg-type] # a pure function never asks for the id


def _nine() -> Any:
    return MONDAY.time().replace(hour=9)


def _five() -> Any:
    return MONDAY.time().replace(hour=17)


@pytest.mark.parametrize(
    ("urgency", "now", "due", "words", "colour"),
    [
        (3, "23T10:00", "24T10:00", "8 working hours left", "green"),
        (3, "23T10:00", "23T15:30", "5 hours left", "green"),
        (3, "23T10:00", "23T12:00", "Due soon: 2 hours left", "yellow"),
        (3, "23T10:00", "23T12:01", "2 hours left", "green"),
        (3, "23T16:30", "24T10:00", "Due soon: 1 working hour left", "yellow"),
        (3, "23T20:00", "24T09:20", "Due soon: 20 working minutes left", "yellow"),
        (3, "20T16:00", "25T16:00", "3 working days left", "green"),
        (3, "23T10:00", "23T10:00", "Due soon: 0 minutes left", "yellow"),
        (3, "23T13:00", "23T10:00", "Overdue by 3 hours", "red"),
        (3, "24T11:00", "23T10:00", "Overdue by 25 hours", "red"),
        (4, "23T16:30", "23T18:30", "2 hours left", "green"),
        (4, "23T16:30", "23T17:30", "Due soon: 1 hour left", "yellow"),
        (4, "23T16:30", "23T17:31", "1 hour left", "green"),
        (4, "22T03:00", "22T02:15", "Overdue by 45 minutes", "red"),
    ],
)
def test_the_light_says_in_words_what_its_colour_says(
    app: Flask, urgency: int, now: str, due: str, words: str, colour: str
) -> None:
    at, due_at = (datetime.fromisoformat(f"2026-11-{one}:00+00:00") for one in (now, due))
    clocks = Clocks(council(), at)
    with app.test_request_context("/"):
        badge = light_badge(clocks.light(urgency, due_at), clocks.day)
    assert (badge.text, badge.colour) == (words, colour)


@pytest.mark.parametrize(
    ("paused", "due", "words", "colour"),
    [
        ("23T15:00", "24T15:00", "Paused: 8 working hours left", "grey"),
        ("23T15:00", "23T15:20", "Paused: 20 working minutes left", "grey"),
        ("23T15:00", "23T14:00", "Overdue by 9 days", "red"),
    ],
)
def test_a_stopped_clock_keeps_what_was_left(app: Flask, paused: str, due: str, words: str, colour: str) -> None:
    stopped, due_at = (datetime.fromisoformat(f"2026-11-{one}:00+00:00") for one in (paused, due))
    clocks = Clocks(council(), MONDAY + timedelta(days=10))
    with app.test_request_context("/"):
        badge = light_badge(clocks.light(3, due_at, stopped), clocks.day)
    assert (badge.text, badge.colour) == (words, colour)


def test_how_long_ago_it_came_in_both_times(app: Flask) -> None:
    clocks = Clocks(council(), MONDAY)
    with app.test_request_context("/"):
        said = [age_words(clocks.age(MONDAY - ago), clocks.day) for ago in (HOUR / 2, 65 * HOUR, 10 * 24 * HOUR)]
    assert said == [
        "30 minutes (30 working minutes)",
        "2 days (1 working hour)",
        "10 days (6 working days)",
    ]


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(MOMENTS, st.timedeltas(-timedelta(days=9), timedelta(days=9)), st.sampled_from([1, 2, 3, 4]))
def test_a_light_never_goes_back_and_never_tells_more_time_than_there_is(
    now: datetime, ahead: timedelta, urgency: int
) -> None:
    order = [IN_TIME, SOON, OVERDUE]
    due = now + ahead
    first = Clocks(council(), now).light(urgency, due)
    later = Clocks(council(), now + HOUR).light(urgency, due)
    assert order.index(first.state) <= order.index(later.state)
    assert (first.state == OVERDUE) == (due < now)
    assert first.left <= abs(ahead)
    assert first.working == (first.left < abs(ahead))


@pytest.fixture
def screener(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.england, role="screener")
    sign_in(client, person)
    return person


def test_the_list_and_the_report_show_the_light_and_both_times(
    client: FlaskClient, councils: Councils, screener: Person
) -> None:
    author, now = make_person(councils.england), clock.now()
    made = {
        "Overdue by 3 hours": now - timedelta(hours=3, minutes=10),
        "Due soon: 49 minutes left": now + timedelta(minutes=49, seconds=50),
        "3 hours left": now + timedelta(hours=3, minutes=30),
    }
    reports = {
        words: make_referral(councils.england, author, route="MASH_URGENT", sent_at=now - 2 * HOUR, due_at=due)
        for words, due in made.items()
    }
    page = soup(client.get("/avonmere/holding-area?sort=due"))
    rows = {row.select_one("th a").text: row.text for row in page.select("tbody tr")}  # type: ignore[union-attr] # every row has one
    for words, report in reports.items():
        assert words in rows[report.reference]
        assert "2 hours (" in rows[report.reference]
        shown = soup(client.get(f"/avonmere/screening/{report.reference}")).select_one(".app-identity")
        assert shown is not None
        assert words in shown.text
        assert "Since received" in shown.text
        assert "2 hours (" in shown.text


def test_a_closed_report_has_no_light(client: FlaskClient, councils: Councils, screener: Person) -> None:
    made = make_referral(councils.england, make_person(councils.england), state="decided", owner=screener)
    shown = soup(client.get(f"/avonmere/screening/{made.reference}")).select_one(".app-identity")
    assert shown is not None
    assert " left" not in shown.text
    assert "Since received" not in shown.text
