"""What a council promises is told where somebody reports, and never sooner than its own clock allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from portal.tenants import resolve
from portal.tenants.settings import SettingsMistakes, parse_council
from tests.auth.walking import Walker
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.tenants.test_own_settings import save
from tests.tenants.test_settings import document

Admin = psycopg.Connection[tuple[object, ...]]


def said(**times: Any) -> dict[str, Any]:
    """Avonmere's settings with these promises (4 hours and one working day are its clock)."""
    found = document("avonmere")
    found["service_times"] |= times
    return dict(found)


@pytest.mark.parametrize(
    ("times", "place", "words"),
    [
        ({"urgent_hours": 3}, "urgent_hours", "promises 3 hours, and the clock allows 4"),
        ({"urgent_hours": 0}, "urgent_hours", "1 to 24"),
        ({"decide_working_days": 0}, "decide_working_days", "1 to 20"),
        ({"acknowledge_working_days": 2}, "acknowledge_working_days", "not be later than the decision"),
        ({"answer_working_days": 21}, "answer_working_days", "0 to 20"),
        ({"early_help_working_days": "soon"}, "early_help_working_days", "0 to 60"),
    ],
)
def test_a_promise_that_cannot_be_kept(times: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(SettingsMistakes) as found:
        parse_council(said(**times))
    assert [each.place for each in found.value.mistakes] == [("service_times", place)]
    assert words in found.value.mistakes[0].message


def test_a_clock_that_a_promise_contradicts() -> None:
    """The clock cannot be made slower than what was promised, either."""
    slower = said()
    slower["clock"] = {"decide_working_days": 2, "urgent_hours": 4}
    with pytest.raises(SettingsMistakes) as found:
        parse_council(slower)
    assert "promises 1 days, and the clock allows 2" in found.value.mistakes[0].message


def test_a_council_that_says_nothing_promises_its_clock() -> None:
    nothing = said()
    del nothing["service_times"]
    times = parse_council(nothing).service_times
    assert (times.urgent_hours, times.decide_working_days) == (4, 1)
    assert (times.acknowledge_working_days, times.answer_working_days, times.early_help_working_days) == (0, 0, 0)


@pytest.mark.usefixtures("as_it_was")
def test_promises_are_changed_and_read_by_whoever_reports(at_the_council: Callable[..., Walker], admin: Admin) -> None:
    """On the page of the clock, with history; a promise of nothing is not told."""
    here = at_the_council("wales")
    typed = {"urgent_hours": "3", "answer_working_days": "2", "early_help_working_days": "0"}
    here.where(save(here, "/council/times", **typed))
    resolve.forget()
    shown = here.client.application.test_client()
    shown.set_cookie("language", "en", domain="localhost")
    front = shown.get(f"/{here.council.slug}/").text
    assert "We act on an urgent report within 3 hours." in front
    assert "We answer your questions within 2 working days." in front
    assert "We decide what happens next within 1 working day." in front
    assert "early help is the decision" not in front
    shown.set_cookie("language", "cy", domain="localhost")
    assert "Byddwn yn ateb eich cwestiynau o fewn 2 ddiwrnod gwaith." in shown.get(f"/{here.council.slug}/").text
    own = admin.execute("select own_parts from council where slug = 'glan-yr-afon'").fetchall()
    assert own == [(["service_times"],)]
    assert "Yr hyn yr ydych yn ei addo" in here.get("/council/history").text


@pytest.mark.usefixtures("as_it_was")
def test_a_promise_sooner_than_the_clock_is_told_beside_its_field(at_the_council: Callable[..., Walker]) -> None:
    here = at_the_council()
    answer = save(here, "/council/times", urgent="6")
    assert answer.status_code == 422
    assert "not less than the hours to act" in answer.text
    assert "not less than the days to decide" not in answer.text


def test_the_receipt_and_the_report_say_when_questions_are_answered(
    councils: Councils, at_the_council: Callable[..., Walker]
) -> None:
    author = make_person(councils.england)
    made = make_referral(councils.england, author)
    walker = at_the_council()
    sign_in(walker.client, author)
    says = "We answer your questions within 1 working day."
    assert says in walker.get(f"/referrals/{made.reference}").text
    assert says in walker.get(f"/referrals/{made.reference}/receipt").text
