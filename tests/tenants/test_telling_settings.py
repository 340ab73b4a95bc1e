"""What a council tells with each outcome: in all of its languages or in none, with gaps of the list only."""

from __future__ import annotations

from typing import Any

import pytest

from portal.tenants.settings import parse_council
from tests.auth.walking import Walker
from tests.factories.pages import soup
from tests.tenants.test_settings import SLUGS, document, mistakes_of

PAGE = "/council/telling-advice"


def with_telling(told: Any) -> Any:
    return document("glan-yr-afon") | {"telling": {"advice": told}}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_shipped_councils_say_what_they_always_have_to_with_every_outcome(slug: str) -> None:
    council = parse_council(document(slug))
    for outcome in council.outcomes:
        legal = council.telling[outcome.key].legal
        assert set(legal) == set(council.languages), outcome.key
        assert len(set(legal.values())) == len(legal), outcome.key


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"legal": {"en": "Only here"}}, ("legal",)),
        ({"legal": {"en": "Only here", "cy": ""}}, ("legal",)),
        ({"words": {"en": "((nobody))", "cy": "Iawn"}}, ("words", "en")),
        ({"now": {"en": "Iawn", "cy": "((reference"}}, ("now", "cy")),
        ({"now": {"en": "x" * 4001, "cy": "Iawn"}}, ("now", "en")),
        ({"now": "Words"}, ("now",)),
        ({"other": {"en": "x", "cy": "y"}}, ("other",)),
    ],
)
def test_each_mistake_is_named(told: Any, place: tuple[str, ...]) -> None:
    assert ("telling", "advice", *place) in [where for where, _ in mistakes_of(with_telling(told))]


def test_a_text_that_is_empty_in_every_language_is_none() -> None:
    council = parse_council(with_telling({"legal": {"en": "", "cy": ""}, "now": {}}))
    assert (council.telling["advice"].legal, council.telling["advice"].now) == ({}, {})


@pytest.mark.usefixtures("as_it_was")
def test_an_administrator_writes_it_and_sees_how_it_reads(administrator: Walker) -> None:
    tree = soup(administrator.get(PAGE))
    typed = {str(one["name"]): str(one.get("value", "")) for one in tree.select("main input[type=hidden]")}
    typed |= {str(one["name"]): one.text.strip() for one in tree.select("main textarea")}
    assert "escalation procedure" in typed["legal-advice-en"]
    shown = administrator.post(PAGE, typed | {"now-advice-en": "Keep ((reference))", "preview": "1"})
    assert "Keep ABC-23-DEF" in shown.text
    refused = administrator.post(PAGE, typed | {"now-advice-en": "CNRY ((nothing))"})
    assert refused.status_code == 422
    assert "with gaps of the list only" in refused.text
    assert "CNRY ((nothing))" in refused.text
    saved = administrator.post(PAGE, typed | {"now-advice-en": "Keep ((reference))", "now-advice-cy": "Cadwch"})
    assert administrator.where(saved) == "/council/telling"
    assert "Keep ((reference))" in administrator.get(PAGE).text
    assert "What referrers are told" in administrator.get("/council/history").text
    assert administrator.get("/council/telling-gone").status_code == 404
