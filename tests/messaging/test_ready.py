"""The council's ready words for a question: filled in for one report, put below what was typed, never over it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.gaps import GAP
from portal.messaging.ready import put, ready
from portal.referrals.queries.record import find
from tests.factories.pages import fields_of
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

KEY = "family_knows"
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)


@pytest.fixture
def ali(councils: Councils) -> Person:
    return make_person(councils.england, role="screener")


@pytest.fixture
def made(councils: Councils, ali: Person) -> Made:
    return make_referral(councils.england, make_person(councils.england), state="screening", owner=ali)


def area(text: str) -> str:
    found = BeautifulSoup(text, "html.parser").select_one("textarea[name=message]")
    return found.text if found else ""


@given(TEXTS, TEXTS.filter(str.strip))
def test_what_was_typed_is_never_lost_and_words_come_once(typed: str, words: str) -> None:
    once = put(typed, words)
    assert typed.strip() in once
    assert words.strip() in once
    assert put(once, words).count(words.strip()) == once.strip().count(words.strip())


def test_a_screener_uses_them_below_what_is_typed(client: FlaskClient, ali: Person, made: Made) -> None:
    here = f"/avonmere/screening/{made.reference}/ask/questions"
    sign_in(client, ali)
    form = fields_of(client.get(here), "/ask/questions")
    use = form | {"action": "use", "template": KEY, "question": "signs.-.-.-.sos_worst"}
    first = client.post(here, data=use)
    assert first.status_code == 200
    assert f"About {made.reference}: does the family know" in area(first.text)
    assert set(GAP.findall(area(first.text))) == {"answer_by"}
    assert first.text.count(" checked") == 1
    below = client.post(here, data=use | {"message": "CNRY typed first"})
    assert "added below what you had typed" in below.text
    assert area(below.text).strip().startswith("CNRY typed first")
    assert "does the family know" in area(below.text)
    same = client.post(here, data=use | {"message": area(below.text)})
    assert "there already" in same.text
    assert area(same.text).strip() == area(below.text).strip()
    nothing = client.post(here, data=use | {"template": "", "message": "CNRY typed first"})
    assert (nothing.status_code, "CNRY typed first" in nothing.text) == (422, True)
    with db.unit_of_work(ali.scope):
        assert find(ali.actor, Permission.ASK, made.reference).state == "screening"


def test_they_are_in_the_referrers_language_and_name_no_child(app: Any, councils: Councils) -> None:
    screener = make_person(councils.wales, role="screener")
    one = make_referral(councils.wales, make_person(councils.wales), state="screening", owner=screener)
    with db.unit_of_work(screener.scope):
        found = find(screener.actor, Permission.ASK, one.reference)
    with app.test_request_context():
        for language, words in (("cy", "Ynghylch"), ("en", "About")):
            told = ready(councils.wales, replace(found, language=language), "en")
            text = next(each.text for each in told if each.key == KEY)
            assert text.startswith(f"{words} {one.reference}")
            assert [each.title for each in told] == sorted((each.title for each in told), key=str.casefold)
            assert {gap for each in told for gap in GAP.findall(each.text)} == {"answer_by"}
            assert not any(found.initials in each.text.split() for each in told)
