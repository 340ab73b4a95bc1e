"""The council's ready words for questions, as its settings hold them and as its administrator changes them."""

from __future__ import annotations

from typing import Any

import pytest

from portal.tenants.question_templates import MOST
from portal.tenants.settings import parse_council
from tests.auth.walking import Walker
from tests.factories.pages import soup
from tests.tenants.test_settings import SLUGS, document, mistakes_of

KEY = "family_knows"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_shipped_councils_have_them_in_all_of_their_languages(slug: str) -> None:
    council = parse_council(document(slug))
    assert len(council.question_templates) >= 4
    for one in council.question_templates.values():
        assert set(one.title) == set(one.text) == set(council.languages)


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"title": {"en": "A", "cy": "B"}}, ("text",)),
        ({"text": {"en": "A", "cy": "B"}}, ("title",)),
        ({"title": {"en": "A", "cy": "B"}, "text": {"en": "A"}}, ("text",)),
        ({"title": {"en": "A", "cy": "B"}, "text": {"en": "((child))", "cy": "B"}}, ("text", "en")),
        ({"title": {"en": "((reference))", "cy": "B"}, "text": {"en": "A", "cy": "B"}}, ("title", "en")),
        ({"title": {"en": "A" * 81, "cy": "B"}, "text": {"en": "A", "cy": "B"}}, ("title", "en")),
        ({"title": {"en": "A", "cy": "B"}, "text": {"en": "A", "cy": "B"}, "more": 1}, ("more",)),
    ],
)
def test_each_mistake_is_named(told: Any, place: tuple[str, ...]) -> None:
    wrong = document("glan-yr-afon") | {"question_templates": {"one": told}}
    assert ("question_templates", "one", *place) in [where for where, _ in mistakes_of(wrong)]


def test_too_many_are_a_mistake_and_an_empty_one_is_none() -> None:
    one = {"title": {"en": "A", "cy": "B"}, "text": {"en": "A", "cy": "B"}}
    many = document("glan-yr-afon") | {"question_templates": {f"q{number}": one for number in range(MOST + 1)}}
    assert ("question_templates",) in [where for where, _ in mistakes_of(many)]
    empty = {"title": {"en": "", "cy": ""}, "text": {"en": "", "cy": ""}}
    found = parse_council(document("glan-yr-afon") | {"question_templates": {"one": empty, "two": one}})
    assert list(found.question_templates) == ["two"]


@pytest.mark.usefixtures("as_it_was")
def test_an_administrator_adds_one_and_takes_one_away(administrator: Walker) -> None:
    page = "/council/questions"
    typed = fields_of_page(administrator, page)
    shown = administrator.post(page, typed | {f"text-{KEY}-en": "About ((reference))", "preview": "1"})
    assert "About ABC-23-DEF" in shown.text
    refused = administrator.post(page, typed | {"title-own-1-en": "New", "text-own-1-en": "CNRY ((child))"})
    assert (refused.status_code, "CNRY ((child))" in refused.text) == (422, True)
    changes = {"title-own-1-en": "New", "text-own-1-en": "Own ((answer_by))"}
    saved = administrator.post(page, typed | changes | {f"title-{KEY}-en": "", f"text-{KEY}-en": ""})
    assert administrator.where(saved) == "/council"
    again = fields_of_page(administrator, page)
    assert again["text-own-1-en"] == "Own ((answer_by))"
    # What was emptied is the free place now.
    assert again[f"text-{KEY}-en"] == ""
    assert "text-own-2-en" not in again
    assert "Ready words for questions" in administrator.get("/council/history").text


def fields_of_page(administrator: Walker, page: str) -> dict[str, str]:
    tree = soup(administrator.get(page))
    typed = {str(one["name"]): str(one.get("value", "")) for one in tree.select("main form input")}
    return typed | {str(one["name"]): one.text.strip() for one in tree.select("main textarea")}
