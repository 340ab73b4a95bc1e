"""A council sets when little is left of the time for a report, and until when it counts as received today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from portal.tenants.settings import SettingsMistakes, parse_council
from tests.auth.walking import Walker
from tests.tenants.test_own_settings import save
from tests.tenants.test_settings import document


@pytest.mark.usefixtures("as_it_was")
def test_the_council_sets_when_a_light_turns_amber_and_its_cut_off(at_the_council: Callable[..., Walker]) -> None:
    here = at_the_council("wales")
    answer = save(here, "/council/clocks", amber_hours="3", amber_minutes="x", cutoff="25:00")
    assert answer.status_code == 422
    assert "Rhowch rif cyfan o 0 i 720" in answer.text
    assert "Rhowch amser megis 16:30" in answer.text
    assert "25:00" in answer.text
    here.where(save(here, "/council/clocks", amber_hours="3", amber_minutes="0", cutoff="16:15"))
    assert "16:15" in here.get("/council/clocks").text
    here.where(save(here, "/council/clocks", cutoff=""))
    assert "16:15" not in here.get("/council/clocks").text


def test_what_the_settings_file_may_say_of_the_clock() -> None:
    found = document("avonmere")
    found["clock"] |= {"amber_hours": 4, "amber_minutes": 30, "cutoff": "16:00"}
    clock_of = parse_council(found).clock
    assert (clock_of.amber_hours, clock_of.amber_minutes, clock_of.cutoff) == (4, 30, time(16))
    assert parse_council(document("avonmere")).clock.cutoff is None


@pytest.mark.usefixtures("as_it_was")
def test_the_council_names_who_is_told_of_an_urgent_report(at_the_council: Callable[..., Walker]) -> None:
    here = at_the_council("wales")
    answer = save(here, "/council/clocks", duty_minutes="4")
    assert answer.status_code == 422
    assert "Rhowch rif cyfan o 5 i 240" in answer.text
    here.where(save(here, "/council/clocks", duty_minutes="20"))
    assert 'href="/glan-yr-afon/council/lists/duty"' in here.get("/council/clocks").text
    wrong = save(here, "/council/lists/duty/new", address="nobody")
    assert (wrong.status_code, 'value="nobody"' in wrong.text) == (422, True)
    here.where(save(here, "/council/lists/duty/new", address="nos@glan-yr-afon.gov.uk"))
    assert "nos@glan-yr-afon.gov.uk" in here.get("/council/lists/duty").text
    here.where(save(here, "/council/lists/duty/items/1/remove"))
    here.where(save(here, "/council/lists/duty/items/1/remove"))
    assert "cyfeiriad e-bost" in here.get("/council/lists/duty").text


@pytest.mark.parametrize(
    ("duty", "place", "words"),
    [
        ({"addresses": ["duty@avonmere.gov.uk", "nobody"]}, ("duty", "addresses", 1), "must be an email address"),
        ({"addresses": [f"duty{one}@avonmere.gov.uk" for one in range(11)]}, ("duty", "addresses"), "at most 10"),
        ({"minutes": 0}, ("duty", "minutes"), "5 to 240"),
        ({"pager": "01632"}, ("duty", "pager"), "not known here"),
    ],
)
def test_duty_alerts_that_cannot_be(duty: dict[str, Any], place: tuple[object, ...], words: str) -> None:
    with pytest.raises(SettingsMistakes) as found:
        parse_council(document("avonmere") | {"duty": duty})
    assert [one.place for one in found.value.mistakes] == [place]
    assert words in found.value.mistakes[0].message
