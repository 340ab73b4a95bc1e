"""Closures, duty addresses and the people of a level, one at a time: each has its own page and its own mistake."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest

from tests.auth.walking import Walker
from tests.factories.pages import soup
from tests.tenants.test_letter_settings import save, settings, typed, wrong
from tests.tenants.test_settings import SLUGS, document, mistakes_of

CLOSURES = "/council/lists/closures"
DUTY = "/council/lists/duty"
FIRST, SECOND = "/council/lists/answering-first", "/council/lists/answering-second"
LEVELS = "/council/lists/levels"
Admin = psycopg.Connection[tuple[object, ...]]

pytestmark = pytest.mark.usefixtures("as_it_was")


def on(day: str, month: str, year: str) -> dict[str, str]:
    return {"day-day": day, "day-month": month, "day-year": year}


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"day": "2026-02-31"}, (0,)),
        ({"label": "No day"}, (0,)),
        ({"day": "2026-12-24", "label": "x" * 101}, (0, "label")),
        ({"day": "2026-12-24", "why": "x"}, (0, "why")),
    ],
)
def test_each_mistake_of_a_closure_in_a_file_is_named(slug: str, said: Any, place: tuple[Any, ...]) -> None:
    whole = document(slug)
    whole["phones"] |= {"closures": [said]}
    assert ("phones", "closures", *place) in [where for where, _ in mistakes_of(whole)]


def test_a_closure_has_a_date_and_a_reason(administrator: Walker, admin: Admin) -> None:
    before = settings(admin).phones.closures
    answer = save(administrator, f"{CLOSURES}/new", **on("1", "4", "2027"), label="Training of all staff")
    assert administrator.where(answer) == CLOSURES
    phones = settings(admin).phones
    assert phones.closures == (*before, date(2027, 4, 1))
    assert phones.closures_why[date(2027, 4, 1)] == "Training of all staff"
    page = soup(administrator.get(CLOSURES))
    assert "1 April 2027" in page.select("main dt")[-1].text
    assert "Training of all staff" in page.select("main dl")[0].text
    assert page.select("button[name=move]") == [], "days have an order of their own"
    item = f"{CLOSURES}/items/2027-04-01"
    shown = soup(administrator.get(item)).select("input[name^=day-]")
    assert [str(one["value"]) for one in shown] == ["1", "4", "2027"]
    administrator.where(save(administrator, item, **on("02", "04", "2027")))
    assert settings(admin).phones.closures[-1] == date(2027, 4, 2)
    administrator.where(save(administrator, f"{CLOSURES}/items/2027-04-02/remove"))
    assert settings(admin).phones.closures == before


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (on("", "", ""), {"day"}),
        (on("31", "2", "2027"), {"day"}),
        (on("1", "April", "2027"), {"day"}),
        (on("1", "4", "27"), {"day"}),
        (on("24", "12", "2026"), {"day"}),
        (on("1", "4", "2027") | {"label": "x" * 101}, {"label"}),
        (on("1", "4", "2027") | {"label": "a\x00b"}, {"label"}),
        (on("CNRY\x00", "4", "2027"), {"day"}),
    ],
)
def test_what_is_no_day_is_told_beside_it(
    administrator: Walker, admin: Admin, said: dict[str, str], fields: set[str]
) -> None:
    before = settings(admin)
    answer = save(administrator, f"{CLOSURES}/new", **said)
    assert set(wrong(answer)) == fields
    shown = {str(one["name"]): str(one.get("value", "")) for one in soup(answer).select("main input")}
    assert all(shown[name] == words for name, words in said.items() if "\x00" not in words)
    assert settings(admin) == before


def test_an_address_is_there_once_and_a_second_click_is_no_mistake(administrator: Walker, admin: Admin) -> None:
    assert "address" in wrong(save(administrator, f"{DUTY}/new", address="nobody at all"))
    form = typed(administrator, f"{DUTY}/new", address="night@avonmere.gov.uk")
    for _click in range(2):
        assert administrator.where(administrator.send(f"{DUTY}/new", form)) == DUTY
    assert settings(admin).duty.addresses == ("duty@avonmere.gov.uk", "night@avonmere.gov.uk")
    again = wrong(save(administrator, f"{DUTY}/new", address="night@avonmere.gov.uk"))
    assert "on the list already" in again["address"]
    stale = typed(administrator, f"{DUTY}/items/2", address="mine@avonmere.gov.uk")
    administrator.where(save(administrator, f"{DUTY}/items/1/remove"))
    answer = administrator.send(f"{DUTY}/items/2", stale)
    assert (answer.status_code, "mine@avonmere.gov.uk" in answer.text) == (409, True)
    administrator.where(save(administrator, f"{DUTY}/items/1/remove"))
    assert settings(admin).duty.addresses == ()
    assert "the email address for questions is told" in administrator.get(DUTY).text


def test_who_answers_goes_where_the_level_goes(administrator: Walker, admin: Admin) -> None:
    for name in ("a", "b"):
        administrator.where(save(administrator, f"{FIRST}/new", address=f"{name}@avonmere.gov.uk"))
    people = ("a@avonmere.gov.uk", "b@avonmere.gov.uk")
    assert [one.people for one in settings(admin).challenging.levels] == [people, (), ()]
    assert f'href="/avonmere{FIRST}"' in administrator.get(LEVELS).text
    assert "Who answers: a@avonmere.gov.uk; b@avonmere.gov.uk" in administrator.get(LEVELS).text
    assert "Who answers: everybody who may approve decisions" in administrator.get(LEVELS).text
    administrator.where(save(administrator, f"{LEVELS}/items/first", days="3"))
    assert settings(admin).challenging.levels[0].people == people
    administrator.where(save(administrator, LEVELS, move="down:first"))
    assert [one.people for one in settings(admin).challenging.levels] == [(), people, ()]
    assert "a@avonmere.gov.uk" in administrator.get(SECOND).text
    administrator.where(save(administrator, f"{LEVELS}/items/third/remove"))
    assert administrator.get("/council/lists/answering-third").status_code == 404
    administrator.where(save(administrator, f"{LEVELS}/items/second/remove"))
    administrator.where(save(administrator, f"{LEVELS}/new", name_en="The board", days="5"))
    assert [one.people for one in settings(admin).challenging.levels] == [(), ()], "a new level begins empty"
