"""A council changes the stages of its work on a page of its settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.auth.walking import Walker
from tests.tenants.test_own_settings import fields, save

PAGE = "/council/stages"


@pytest.mark.usefixtures("as_it_was")
def test_the_council_changes_its_stages(at_the_council: Callable[..., Walker]) -> None:
    here = at_the_council("wales")
    assert fields(here, PAGE)["stage-clocks"].startswith("contact: 2 hours")
    wrong = save(here, PAGE, stage_clocks="contact: soon", stage_entered="contact: never", needed_screening="nothing")
    assert wrong.status_code == 422
    assert "amser megis 4 awr neu 45 munud" in wrong.text
    assert "arrival, claimed, decided neu chosen ar bob llinell" in wrong.text
    assert "contact: soon</textarea>" in wrong.text
    assert "Rhowch godau o’r rhestr wirio hon" in wrong.text
    one_only = save(here, PAGE, stage_names_cy="intake: Derbyn\npanel: Panel")
    assert one_only.status_code == 422
    names = {"stage_names_cy": "intake: Derbyn\npanel: Panel", "stage_names_en": "intake: Intake\npanel: Panel"}
    here.where(save(here, PAGE, **names, stage_entered="intake: arrival", stage_clocks="panel: 90 munud"))
    assert fields(here, PAGE)["stage-clocks"] == "panel: 90 munud"
    assert "Derbyn: rhestr wirio" in here.get(PAGE).text
    here.where(save(here, PAGE, list_panel_cy="police: Yr heddlu", list_panel_en="police: Police"))
    here.where(save(here, PAGE, needed_panel="police"))
    assert fields(here, PAGE)["needed-panel"] == "police"


@pytest.mark.usefixtures("as_it_was")
def test_the_council_names_its_clocks(at_the_council: Callable[..., Walker]) -> None:
    here = at_the_council("wales")
    assert "triage: 1 hour" in fields(here, PAGE)["clock-times"]
    wrong = save(here, PAGE, clock_times="triage: soon", clock_until="triage: received", clock_routes="triage: NOWHERE")
    assert wrong.status_code == 422
    assert "triage: soon</textarea>" in wrong.text
    assert wrong.text.count("govuk-error-message") >= 3
    names = {"clock_names_cy": "galwad: Ffonio", "clock_names_en": "galwad: Ring"}
    here.where(
        save(here, PAGE, **names, clock_times="galwad: 90 munud", clock_starts="galwad: claimed", clock_until="")
    )
    assert fields(here, PAGE)["clock-times"] == "galwad: 90 munud"
