"""A council sets when little is left of the time for a report, and until when it counts as received today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest

from portal.tenants.settings import parse_council
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
    assert "16:15" in here.get("/council").text
    here.where(save(here, "/council/clocks", cutoff=""))
    assert "16:15" not in here.get("/council").text


def test_what_the_settings_file_may_say_of_the_clock() -> None:
    found = document("avonmere")
    found["clock"] |= {"amber_hours": 4, "amber_minutes": 30, "cutoff": "16:00"}
    clock_of = parse_council(found).clock
    assert (clock_of.amber_hours, clock_of.amber_minutes, clock_of.cutoff) == (4, 30, time(16))
    assert parse_council(document("avonmere")).clock.cutoff is None
