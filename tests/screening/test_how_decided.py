"""How a report's route was decided, in plain words: to its referrer and to its screener, in both languages."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from bs4 import Tag
from flask.testing import FlaskClient

from portal.forms.queries import statements as told
from portal.forms.statements import Statement
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.referrals.making import acting, make_draft

DANGER = {
    "en": "If “Is a child in immediate danger right now?” is “Yes”, it goes to “Front Door: ring now” (level 4)",
    "cy": "Mae’n mynd i “MASSH: ffoniwch nawr” (lefel 4) os yw hyn yn wir – “Ydy” yw’r ateb i",
}


def decided(client: FlaskClient, path: str, language: str) -> Tag:
    """The part of a page that says how the route was decided."""
    client.set_cookie("language", language, domain="localhost")
    answer = client.get(path)
    assert answer.status_code == 200
    summary = {"en": "How this was decided", "cy": "Sut y penderfynwyd hyn"}[language]
    (found,) = [part for part in soup(answer).select("details") if summary in part.get_text()]
    return found


def words(part: Tag) -> str:
    return " ".join(part.get_text(" ", strip=True).split())


def screened(person: Person) -> str:
    """The address of a report that two rules speak of."""
    made = make_referral(
        person.council, make_person(person.council), route="MASH_URGENT", rule="A01", level=4,
        outcome_of_rules={"why": {"en": "Danger", "cy": "Perygl"}, "also": ["A12"], "notices": [], "topics": []},
    )  # fmt: skip
    return f"/glan-yr-afon/screening/{made.reference}"


def test_the_referrer_reads_why(client: FlaskClient, councils: Councils) -> None:
    teacher = make_person(councils.england)
    sign_in(client, teacher)
    part = decided(client, f"/avonmere/report/{make_draft(teacher, b_danger_now='yes')}/route", "en")
    assert DANGER["en"] in words(part)
    assert [words(item) for item in part.select("ol > li")][:1] == [DANGER["en"]]


def test_the_screener_reads_why_in_both_languages(client: FlaskClient, councils: Councils) -> None:
    screener = make_person(councils.wales, role="screener")
    sign_in(client, screener)
    page = screened(screener)
    part = decided(client, page, "cy")
    first, second = part.select("ol > li")
    assert words(first).startswith(f"A01 {DANGER['cy']}")
    assert words(second).startswith("A12 ")
    assert len(second.select("ul > li")) > 1 or "neu fwy" in words(second)
    assert "If “Is a child in immediate danger right now?” is “Yes”" in words(decided(client, page, "en"))


def test_a_rule_that_is_not_known_says_nothing(client: FlaskClient, councils: Councils) -> None:
    screener = make_person(councils.wales, role="screener")
    sign_in(client, screener)
    made = make_referral(councils.wales, make_person(councils.wales), kind="urgent", rule="urgent_form")
    answer = client.get(f"/glan-yr-afon/screening/{made.reference}")
    assert answer.status_code == 200
    assert "How this was decided" not in answer.get_data(as_text=True)


def test_the_words_of_a_version_are_made_once(
    client: FlaskClient, councils: Councils, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    screener = make_person(councils.wales, role="screener")
    sign_in(client, screener)
    page = screened(screener)
    decided(client, page, "en")
    monkeypatch.setattr(told, "rules_lines", lambda *_: pytest.fail("the words were made again"))
    statements.clear()
    decided(client, page, "en")
    assert not [one for one in statements if "thresholds" in one]


def test_the_councils_own_words_are_filled_in_and_followed(councils: Councils, monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person(councils.wales)
    with acting(person) as published:
        gaps = replace(published, id=uuid4(), gaps=True)
        monkeypatch.setattr(told, "rules_lines", lambda _form, rules, _language: {"A01": (Statement(str(rules)),)})
        monkeypatch.setattr(told, "filled", lambda _rules, own: own["en"]["hub"])
        for hub in ("The hub", "The new hub"):
            monkeypatch.setattr(told, "words_for", lambda _council, hub=hub: {"en": {"hub": hub}})
            (rule,) = told.told_rules(gaps, ["A01"], "en")
            assert rule.lines[0].text == hub
