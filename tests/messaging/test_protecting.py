"""A message to the referrer that gives away what the report keeps secret is held until somebody confirms just that."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.forms.queries import newest
from portal.kernel import db
from portal.kernel.errors import Invalid
from portal.messaging import commands
from portal.messaging.protecting import NAME, PLACE, Protected, carried, mark, protected
from portal.messaging.queries import given_away, thread
from portal.referrals.queries.record import find
from tests.factories.pages import fields_of, soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

HOME = {"lines": "3 Mill Row\nCNRY House", "town": "Avonmere", "postcode": "AV1 2AB"}
SECTIONS = {
    "referrer": {"ref_third_party": "no"},
    "children": [{"child_address": HOME, "child_address_secret": "yes", "child_address_type": "relative"}],
}
PLACES = tuple(Protected(PLACE, words) for words in ("3 Mill Row", "CNRY House", "AV1 2AB"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is she safe at 3 Mill Row?", ["3 Mill Row"]),
        ("Who lives in MILL  row now?", ["3 Mill Row"]),
        ("Postcode av12ab?", ["AV1 2AB"]),
        ("Postcode AV 12 AB and cnry-house", ["CNRY House", "AV1 2AB"]),
        ("Do you know the mill? A row about it in Avonmere, at number 3.", []),
        ("Sawmill Rowing club", []),
    ],
)
def test_an_address_is_found_however_it_is_written(text: str, found: list[str]) -> None:
    assert [one.words for one in carried(text, PLACES)] == found


def test_a_name_is_found_whole_and_by_its_surname() -> None:
    name = (Protected(NAME, "Siân Llŷr-O'Brien"),)
    for text in ("Did Sian Llyr O'Brien see it?", "did SIÂN LLŶR-O’BRIEN see it", "Mrs O'Brien?"):
        assert carried(text, name) == name
    assert carried("Brienne and Siân went", name) == ()


@given(some.text(), some.lists(some.text(min_size=1)))
def test_any_text_is_looked_through(text: str, values: list[str]) -> None:
    found = carried(text, [Protected(PLACE, one) for one in values])
    assert mark(text, found) == mark(text, reversed(found))
    assert mark(text, found) != mark(f"{text}.", found)


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener", name="Ali Screener")


@pytest.fixture
def made(councils: Councils, screener: Person) -> Made:
    author = make_person(councils.england, name="Nia Trefor")
    return make_referral(councils.england, author, state="screening", owner=screener, sections=SECTIONS)


def test_nothing_is_held_where_nothing_is_secret(councils: Councils, screener: Person) -> None:
    with db.unit_of_work(screener.scope):
        form = newest().form
    open_home = {**SECTIONS, "children": [{**SECTIONS["children"][0], "child_address_secret": "no"}]}  # type: ignore[index] # a list of one child
    assert protected(form, {}, open_home, ["Nia Trefor"]) == []
    assert {one.words for one in protected(form, {}, SECTIONS, ["Nia Trefor"])} == {one.words for one in PLACES}
    unnamed = {**SECTIONS, "referrer": {"ref_third_party": "yes"}}
    assert Protected(NAME, "Nia Trefor") in protected(form, {}, unnamed, ["Nia Trefor", ""])


def test_an_address_that_is_typed_as_words_counts_and_who_must_not_know_it_does_not(councils: Councils) -> None:
    with db.unit_of_work(make_person(councils.wales, role="screener").scope):
        form = newest().form
    child = {
        "child_address": "4 Heol CNRY\nBala",
        "child_address_secret": "yes",
        "child_address_secret_from": "Her uncle",
    }
    assert [one.words for one in protected(form, {}, {"children": [child]}, [])] == ["4 Heol CNRY", "Bala"]


def test_it_is_held_until_just_that_is_confirmed_and_that_is_recorded(made: Made, screener: Person) -> None:
    text = "Is she still at 3 Mill Row?"

    def ask(words: str, confirmed: str = "") -> None:
        with db.unit_of_work(screener.scope):
            found = find(screener.actor, Permission.ASK, made.reference)
            commands.ask(screener.actor, found, words, uuid4(), confirmed=confirmed)

    with db.unit_of_work(screener.scope):
        held = given_away(screener.actor, find(screener.actor, Permission.ASK, made.reference), text)
    good = mark(text, held)
    for words, confirmed in ((text, ""), (text, "0" * 64), (f"{text} Or at AV1 2AB?", good)):
        with pytest.raises(Invalid) as refused:
            ask(words, confirmed)
        assert refused.value.errors == {"message": "protected"}
    ask(text, good)
    ask("Is she still there?")
    with db.unit_of_work(screener.scope) as session:
        found = find(screener.actor, Permission.LOOK, made.reference)
        assert [one.text for one in thread(screener.actor, Permission.LOOK, found)] == [text, "Is she still there?"]
        query = select(AuditEvent.detail).where(AuditEvent.event == Event.HELD_CONFIRMED)
        assert session.execute(query).scalars().all() == [{"values": 1}]


def test_on_the_page_it_says_what_was_found_and_keeps_the_words(
    client: FlaskClient, made: Made, screener: Person
) -> None:
    sign_in(client, screener)
    page = f"/avonmere/screening/{made.reference}"
    first = client.get(page)
    assert soup(first).select_one('#messages input[name="confirmed"]') is None
    data = fields_of(first, "/ask") | {"message": "Is CNRY House the place?"}
    held = client.post(f"{page}/ask", data=data)
    assert held.status_code == 422
    tree = soup(held)
    box = tree.select_one('#messages input[name="confirmed"]')
    assert box is not None
    assert box["type"] == "checkbox"
    assert any(one.text.strip() == "CNRY House" for one in tree.select("#messages .govuk-hint"))
    assert tree.select_one('.govuk-error-summary a[href="#message"]') is not None
    again = fields_of(held, "/ask")
    assert str(again["message"]).strip() == "Is CNRY House the place?"
    assert client.post(f"{page}/ask", data=again).status_code == 422
    assert client.post(f"{page}/ask", data=again | {"confirmed": str(box["value"])}).status_code == 303
    assert "after a check" in client.get(page).text
