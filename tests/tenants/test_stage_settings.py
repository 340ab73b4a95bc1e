"""A council changes the lists of its settings item by item: its stages, their checklists and its clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from portal.tenants.settings import Council, parse_council
from tests.auth.walking import Walker
from tests.factories.pages import fields_of, soup
from tests.factories.people import make_person
from tests.factories.referrals import make_referral

STAGES = "/council/lists/stages"
CLOCKS = "/council/lists/own-clocks"
NEW = {"name-cy": "Panel", "name-en": "Panel: weekly", "entered": "chosen", "clock": "90 munud"}
Admin = psycopg.Connection[tuple[object, ...]]

pytestmark = pytest.mark.usefixtures("as_it_was")


@pytest.fixture
def here(at_the_council: Callable[..., Walker]) -> Walker:
    """An administrator of the Welsh council, in Welsh."""
    return at_the_council("wales")


def settings(admin: Admin) -> Council:
    rows: Any = admin.execute("select settings from council where slug = 'glan-yr-afon'").fetchall()
    return parse_council(rows[0][0])


def save(here: Walker, path: str, **typed: Any) -> Any:
    """The form of the page at that path, as it is but for what is typed."""
    return here.send(
        path, fields_of(here.get(path), path) | {key.replace("_", "-"): said for key, said in typed.items()}
    )


def move(here: Walker, path: str, way: str) -> Any:
    tree = soup(here.get(path))
    hidden = {str(one["name"]): str(one["value"]) for one in tree.select("main form input[type=hidden]")}
    return here.send(path, hidden | {"move": way})


def names(here: Walker, path: str) -> list[str]:
    return [one.text for one in soup(here.get(path)).select("main dt")]


def test_a_stage_is_added_changed_moved_and_removed(here: Walker, admin: Admin) -> None:
    before = settings(admin).stages
    assert names(here, STAGES) == [one.name["cy"] for one in before]
    assert here.where(save(here, f"{STAGES}/new", **NEW)) == STAGES
    added = settings(admin).stages[-1]
    assert (added.key, added.name, added.minutes) == ("panel_weekly", {"cy": "Panel", "en": "Panel: weekly"}, 90)
    assert settings(admin).stages[:-1] == before
    page = f"{STAGES}/items/panel_weekly"
    assert fields_of(here.get(page), page)["clock"] == "90 munud"
    here.where(save(here, page, name_en="Board", clock="2 awr", entered="decided"))
    changed = settings(admin).stages[-1]
    assert (changed.key, changed.name["en"], changed.minutes) == ("panel_weekly", "Board", 120)
    assert changed.entered == "decided"
    assert here.where(move(here, STAGES, "up:panel_weekly")) == f"{STAGES}#item-panel_weekly"
    assert names(here, STAGES)[-2] == "Panel"
    asked = here.get(f"{page}/remove")
    assert "panel_weekly" in asked.text
    assert here.where(save(here, f"{page}/remove")) == STAGES
    assert settings(admin).stages == before
    query = "select detail->>'parts' from audit_event where event = 'tenants.changed'"
    assert admin.execute(query).fetchall() == [("stages",)] * 4


def test_what_cannot_be_is_said_beside_the_field_and_kept(here: Walker, admin: Admin) -> None:
    before = settings(admin)
    wrong = save(here, f"{STAGES}/new", name_cy="Panel", name_en="", entered="chosen", clock="cyn bo hir")
    assert wrong.status_code == 422
    errors = {str(one["id"]) for one in soup(wrong).select(".govuk-error-message")}
    assert errors == {"name-en-error", "clock-error"}
    assert 'value="cyn bo hir"' in wrong.text
    assert 'value="Panel"' in wrong.text
    for typed, place in (
        ({"name_en": "x" * 201}, "name-en"),
        ({"name_en": "A\x00B"}, "name-en"),
        ({"name_en": "A\nB"}, "name-en"),
        ({"entered": "never"}, "entered"),
        ({"clock": "2\x07 awr"}, "clock"),
        ({"clock": "-1"}, "clock"),
    ):
        refused = save(here, f"{STAGES}/items/contact", **typed)
        assert refused.status_code == 422
        assert [str(one["id"]) for one in soup(refused).select(".govuk-error-message")] == [f"{place}-error"]
    assert settings(admin) == before


def test_two_clicks_are_one_change_and_a_stale_tab_is_told(here: Walker, admin: Admin) -> None:
    before = settings(admin).stages
    form = fields_of(here.get(f"{STAGES}/new"), "/new") | NEW
    for _click in range(2):
        assert here.where(here.send(f"{STAGES}/new", form)) == STAGES
    assert len(settings(admin).stages) == len(before) + 1
    other = here.send(f"{STAGES}/new", form | {"name-en": "Another", "name-cy": "Arall"})
    assert other.status_code == 409
    assert 'value="Arall"' in other.text
    here.where(here.send(f"{STAGES}/new", fields_of(other, "/new") | {"name-en": "Another", "name-cy": "Arall"}))
    page = f"{STAGES}/items/panel_weekly"
    stale = fields_of(here.get(page), page)
    removing = fields_of(here.get(f"{page}/remove"), "/remove")
    for _click in range(2):
        assert here.where(here.send(f"{page}/remove", removing)) == STAGES
    gone = here.send(page, stale | {"name-en": "Typed meanwhile"})
    assert gone.status_code == 409
    back = fields_of(gone, "/new")
    assert back["name-en"] == "Typed meanwhile"
    here.where(here.send(f"{STAGES}/new", back))
    assert settings(admin).stages[-1].key == "typed_meanwhile"
    moved = here.send(STAGES, stale | {"move": "up:typed_meanwhile"})
    assert moved.status_code == 409
    assert settings(admin).stages[-1].key == "typed_meanwhile"


def test_a_stage_at_which_reports_are_says_so_before_it_goes(here: Walker) -> None:
    asked = f"{STAGES}/items/contact/remove"
    assert "govuk-warning-text" not in here.get(asked).text
    make_referral(here.council, make_person(here.council))
    told = soup(here.get(asked)).select_one("main .govuk-warning-text")
    assert told is not None
    assert "Mae 1 adroddiad agored yn y cam hwn" in told.text


def test_the_checklist_of_a_stage_is_a_list_of_its_own(here: Walker, admin: Admin) -> None:
    checklist = "/council/lists/checklist-decision"
    href = f'href="/{here.council.slug}{checklist}"'
    assert href in here.get(STAGES).text
    before = settings(admin).stages[3].checklist
    here.where(save(here, f"{checklist}/new", words_cy="Ffonio’r ysgol", words_en="Ring the school", needed="yes"))
    added = settings(admin).stages[3].checklist[-1]
    assert (added.key, added.required) == ("ring_the_school", True)
    assert settings(admin).stages[3].checklist[:-1] == before
    here.where(save(here, f"{checklist}/items/ring_the_school", needed="no"))
    assert not settings(admin).stages[3].checklist[-1].required
    here.where(save(here, f"{checklist}/items/ring_the_school/remove"))
    assert settings(admin).stages[3].checklist == before
    assert here.get("/council/lists/checklist-nowhere").status_code == 404


def test_there_are_no_more_stages_than_there_can_be(here: Walker, admin: Admin) -> None:
    count = len(settings(admin).stages)
    for number in range(count, 12):
        here.where(save(here, f"{STAGES}/new", **(NEW | {"name-en": f"Stage {number}"})))
    assert f"{STAGES}/new" not in here.get(STAGES).text
    assert here.where(here.get(f"{STAGES}/new")) == STAGES
    version = fields_of(here.get(f"{STAGES}/items/contact"), "/contact")
    refused = here.send(f"{STAGES}/new", version | {"name-en": "One more"})
    assert refused.status_code == 422
    assert 'value="One more"' in refused.text
    assert len(settings(admin).stages) == 12


def test_the_council_names_its_clocks(here: Walker, admin: Admin) -> None:
    said = {"name-cy": "Galwad", "name-en": "Ring", "time": "90 munud", "starts": "claimed", "until": "decided"}
    wrong = save(here, f"{CLOCKS}/new", **(said | {"time": "", "until": "claimed"}))
    assert wrong.status_code == 422
    assert "time-error" in wrong.text
    later = save(here, f"{CLOCKS}/new", **(said | {"until": "claimed"}))
    assert "until-error" in later.text
    never = save(here, f"{CLOCKS}/new", **(said | {"until": ""}))
    assert (never.status_code, "until-error" in never.text) == (422, True)
    here.where(save(here, f"{CLOCKS}/new", **said, routes=["MASH", "EARLY_HELP"]))
    made = settings(admin).own_clocks[-1]
    assert (made.key, made.minutes, made.routes) == ("ring", 90, ("MASH", "EARLY_HELP"))
    here.where(save(here, f"{CLOCKS}/items/ring", starts="decided", until="", routes=[]))
    made = settings(admin).own_clocks[-1]
    assert (made.starts, made.until, made.routes) == ("decided", "", ())
    assert "Galwad" in here.get("/council").text
    assert "Clociau pellach" in here.get("/council/history").text
