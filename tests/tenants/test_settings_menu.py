"""The menu of a council's settings: every part is a page of its own, with a line that says what is set there now."""

from __future__ import annotations

import psycopg
import pytest

from portal.tenants.views import settings_menu
from portal.tenants.views.own_settings import titles
from tests.auth.walking import Walker
from tests.factories.pages import soup
from tests.tenants.test_own_settings import save

Admin = psycopg.Connection[tuple[object, ...]]
pytestmark = pytest.mark.usefixtures("as_it_was")


def menu(here: Walker, path: str = "/council") -> dict[str, tuple[str, str]]:
    """The address of each part of the menu, and what it says is set there."""
    found = {}
    for item in soup(here.get(path)).select("main .govuk-task-list__item"):
        line = item.select_one(".govuk-task-list__hint")
        found[str(item["id"])] = (str(item.select("a")[0]["href"]), " ".join(line.text.split()) if line else "")
    return found


def test_every_part_is_in_it_once_and_leads_to_its_page(administrator: Walker) -> None:
    keys = [key for keys in settings_menu.GROUPS.values() for key in keys]
    assert len(keys) == len(set(keys))
    with administrator.client.application.test_request_context():
        assert set(titles()) <= set(keys)
    for key, (href, _line) in menu(administrator).items():
        answer = administrator.get(href.removeprefix("/avonmere"))
        assert (answer.status_code, len(soup(answer).select("h1"))) == (200, 1), key


def test_a_line_says_what_is_set_now_and_nothing_else_is_on_it(administrator: Walker) -> None:
    lines = {key: line for key, (_href, line) in menu(administrator).items()}
    assert [key for key, line in lines.items() if not line] == ["connection", "sources", "organisations"]
    assert all(len(line) <= 130 for line in lines.values())
    assert lines["telephones"].startswith(administrator.council.settings.phones.hub.number)
    administrator.where(save(administrator, "/council/telephones", hub_number="01632 960777"))
    administrator.where(save(administrator, "/council/challenges", days="33"))
    lines = {key: line for key, (_href, line) in menu(administrator).items()}
    assert lines["telephones"].startswith("01632 960777. Monday to Friday")
    assert lines["challenges"].endswith(": 33")
    assert lines["letters"].startswith("About your family")
    assert soup(administrator.get("/council")).select("main form") == []


def test_what_is_told_with_each_outcome_is_a_menu_of_its_own(administrator: Walker) -> None:
    found = menu(administrator, "/council/telling")
    assert [*found] == [f"telling-{one.key}" for one in administrator.council.settings.outcomes]
    page = found["telling-advice"][0].removeprefix("/avonmere")
    assert str(soup(administrator.get(page)).select(".govuk-back-link")[0]["href"]) == "/avonmere/council/telling"
    assert administrator.post("/council/telling", {}, page="/council/telephones").status_code == 404
