"""Two people at a list whose items have their place for a code: nobody changes another item than they saw."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.auth.walking import Walker
from tests.factories.pages import fields_of, soup
from tests.tenants.test_letter_settings import save, settings, typed
from tests.tenants.test_line_lists import CLOSURES, DUTY, LEVELS, on

Admin = psycopg.Connection[tuple[object, ...]]
A, B, C, B2 = (f"{name}@avonmere.gov.uk" for name in ("a", "b", "c", "b2"))
FIRST, SECOND = f"{DUTY}/items/1", f"{DUTY}/items/2"

pytestmark = pytest.mark.usefixtures("as_it_was")


@pytest.fixture
def here(administrator: Walker) -> Walker:
    """Somebody at a council that tells three people of urgent reports."""
    for name in (A, B, C):
        administrator.where(save(administrator, f"{DUTY}/new", address=name))
    administrator.where(save(administrator, f"{DUTY}/items/1/remove"))
    return administrator


def told(admin: Admin) -> tuple[str, ...]:
    return settings(admin).duty.addresses


def again(here: Walker, answer: Any) -> Any:
    """Send the form of a refusal as it stands, wherever it goes."""
    action = str(soup(answer).select("main form")[0]["action"]).removeprefix("/avonmere")
    return here.send(action, fields_of(answer, action))


def link(here: Walker, path: str, words: str, place: int) -> str:
    found = [one for one in soup(here.get(path)).select("main dl a") if one.text.startswith(words)]
    return str(found[place]["href"]).removeprefix("/avonmere")


def test_saving_again_changes_the_address_that_was_opened_and_no_other(here: Walker, admin: Admin) -> None:
    mine = typed(here, SECOND, address=B2)
    here.where(save(here, f"{FIRST}/remove"))
    refused = here.send(SECOND, mine)
    assert (refused.status_code, soup(refused).select("h1")[0].text) == (409, f"Change: {B}")
    assert B in soup(refused).select("main .govuk-summary-list")[0].text
    assert told(admin) == (B, C)
    here.where(again(here, refused))
    assert told(admin) == (B2, C)


def test_an_address_that_is_gone_is_told_of_as_gone(here: Walker, admin: Admin) -> None:
    mine = typed(here, SECOND, address=B2)
    here.where(save(here, f"{SECOND}/remove"))
    refused = here.send(SECOND, mine)
    assert (refused.status_code, "Somebody has removed this meanwhile" in refused.text) == (409, True)
    here.where(again(here, refused))
    assert told(admin) == (A, C, B2)


def test_an_address_that_somebody_changed_is_shown_as_it_is_now(here: Walker, admin: Admin) -> None:
    mine = typed(here, SECOND, address=B2)
    here.where(save(here, SECOND, address="other@avonmere.gov.uk"))
    refused = here.send(SECOND, mine)
    assert (refused.status_code, "other@avonmere.gov.uk" in refused.text) == (409, True)
    here.where(again(here, refused))
    assert told(admin) == (A, B2, C)


def test_links_of_an_old_page_lead_to_what_they_said(here: Walker, admin: Admin) -> None:
    links = [link(here, DUTY, words, place) for words in ("Change", "Remove") for place in (0, 1)]
    assert all("avonmere.gov.uk" not in one and "mark=" in one for one in links)
    here.where(save(here, f"{FIRST}/remove"))
    for one, name in ((links[1], B), (links[3], B)):
        page = here.get(one)
        assert (page.status_code, name in page.text, C in page.text) == (200, True, False)
    for one in (links[0], links[2]):
        gone = here.get(one)
        assert (gone.status_code, "choose again" in gone.text) == (409, True)
    here.where(again(here, here.get(links[3])))
    assert told(admin) == (C,)
    assert here.get(f"{DUTY}/items/9").status_code == 404


def test_a_mark_that_does_not_fit_removes_and_changes_nothing(here: Walker, admin: Admin) -> None:
    for mark in ("x", "é-é", "a-b"):
        form = fields_of(here.get(f"{SECOND}/remove"), f"{SECOND}/remove") | {"mark": mark}
        assert here.send(f"{SECOND}/remove", form).status_code == 409
        assert here.send(SECOND, typed(here, SECOND, address=B2) | {"mark": mark}).status_code == 409
    assert told(admin) == (A, B, C)


def test_a_second_click_is_no_mistake(here: Walker, admin: Admin) -> None:
    forms = [
        (SECOND, typed(here, SECOND, address=B2)),
        (f"{SECOND}/remove", None),
    ]
    for path, form in forms:
        sent = form or fields_of(here.get(path), path)
        for _click in range(2):
            assert here.where(here.send(path, sent)) == DUTY
    assert told(admin) == (A, C)
    here.where(save(here, f"{CLOSURES}/new", **on("1", "4", "2027"), label="Training"))
    day = f"{CLOSURES}/items/2027-04-01"
    moved = typed(here, day, **on("2", "4", "2027"))
    for _click in range(2):
        assert here.where(here.send(day, moved)) == CLOSURES
    day = f"{CLOSURES}/items/2027-04-02/remove"
    gone = fields_of(here.get(day), day)
    for _click in range(2):
        assert here.where(here.send(day, gone)) == CLOSURES


def test_a_level_that_moved_meanwhile_is_the_one_that_is_changed(here: Walker, admin: Admin) -> None:
    before = settings(admin).challenging.levels
    second, remove = f"{LEVELS}/items/second", link(here, LEVELS, "Remove", 1)
    mine = typed(here, second, days="9")
    here.where(save(here, second, days="8"))
    here.where(save(here, LEVELS, move="down:second"))
    assert before[1].name["en"] in here.get(remove).text
    refused = here.send(second, mine)
    assert (refused.status_code, soup(refused).select("h1")[0].text) == (409, f"Change: {before[1].name['en']}")
    here.where(again(here, refused))
    assert [one.working_days for one in settings(admin).challenging.levels] == [1, 5, 9]
