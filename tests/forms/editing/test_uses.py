"""Where questions are spoken of, and what is not translated: found in real forms, total on wrong ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms.editing.form_parts import Place, all_questions, find
from portal.forms.editing.keys import renamed
from portal.forms.editing.texts import text_of, texts, with_text
from portal.forms.editing.uses import keys_of, options_used, uses
from portal.forms.untranslated import untranslated
from tests.forms.editing.documents import FORMS, JSON, content

SMALL: dict[str, Any] = {
    "form": {
        "triage": {
            "pages": [
                {"key": "p", "questions": [{"key": "a"}, {"key": "b", "show_when": {"answer": "a", "is": "yes"}}]},
                {"key": "r", "show_when": {"not": {"answer": "a", "has_any": ["no"]}}, "questions": []},
            ]
        },
        "sections": [
            {"key": "s", "repeat": {"title_from": ["c"]}, "questions": [{"key": "c"}, {"key": "d", "unsure_of": "a"}]}
        ],
    },
    "thresholds": {
        "values": {"points": {"sum": [{"answer": "a", "points": {"yes": 1}}]}, "age": {"years_since": "c"}},
        "conditions": {"told": {"count": {"answer": "b", "of": ["x"]}, "at_least": 1}},
        "rules": [{"id": "A1", "when": {"answer": "a", "is": "yes"}}, {"id": "A2", "when": {"always": True}}],
        "always": [{"notice": "call", "when": {"answer": "a", "empty": True}}],
    },
    "scenarios": [{"name": "One", "answers": {"a": "yes", "s": [{"c": "2020-01-01"}]}}],
}


def said(key: str) -> set[tuple[str, str]]:
    return {(use.kind, use.name) for use in uses(SMALL, frozenset({key}))}


def test_every_place_that_speaks_of_a_question_is_found() -> None:
    assert said("a") == {
        ("question", "page/p/b"),
        ("page", "page/r"),
        ("question", "section/s/d"),
        ("value", "points"),
        ("rule", "A1"),
        ("notice", "call"),
        ("scenario", "One"),
    }
    assert said("c") == {("section", "section/s"), ("value", "age"), ("scenario", "One")}
    assert said("b") == {("condition", "told")}
    assert said("nothing") == set()


def test_what_is_removed_with_it_is_left_out() -> None:
    page = find(SMALL["form"], Place("page", "p"))
    assert page is not None
    found = {(use.kind, use.name) for use in uses(SMALL, keys_of(page), but=page)}
    assert ("question", "page/p/b") not in found
    assert {("rule", "A1"), ("condition", "told")} <= found


def test_options_that_are_spoken_of() -> None:
    assert {use.name for use in options_used(SMALL, "a", frozenset({"yes"}))} == {"page/p/b", "points", "A1"}
    assert {use.name for use in options_used(SMALL, "a", frozenset({"no"}))} == {"page/r"}
    assert {use.name for use in options_used(SMALL, "b", frozenset({"x"}))} == {"told"}


@pytest.mark.parametrize("slug", ["avonmere", "glan-yr-afon"])
def test_every_question_that_a_rule_speaks_of_is_found_in_it(slug: str) -> None:
    whole = content(slug)
    asked = {entry.place.name for entry in all_questions(whole["form"])}
    spoken = {key for key in asked if any(use.kind == "rule" for use in uses(whole, frozenset({key})))}
    assert spoken
    # Renamed everywhere, nothing speaks of the old key any more: the finder and the renamer agree.
    for key in sorted(spoken)[:5]:
        rules = {**whole["thresholds"], "override_answer": ""}
        gone = {"form": {}, "thresholds": renamed(rules, {key: "new_key_here"})}
        assert uses(gone, frozenset({key})) == []
        assert uses(gone, frozenset({"new_key_here"}))


@settings(deadline=None)
@given(FORMS, JSON, JSON)
def test_finding_is_total(form: Any, rules: Any, scenarios: Any) -> None:
    whole = {"form": form, "thresholds": rules, "scenarios": scenarios}
    uses(whole, frozenset({"a", "b"}))
    options_used(whole, "a", frozenset({"yes"}))
    untranslated(whole, ("en", "cy"))
    uses(form, frozenset({"a"}))
    untranslated(form, ("en",))


def test_what_lacks_a_language_or_says_the_same_is_listed_with_its_place() -> None:
    form = {
        "title": {"en": "Report", "cy": "Adrodd"},
        "sections": [
            {
                "key": "s",
                "title": {"en": "One"},
                "questions": [{"key": "q", "label": {"en": "MASH", "cy": "MASH"}, "hint": {"en": "999", "cy": "999"}}],
            }
        ],
    }
    rules = {"notices": {"call": {"text": {"cy": "Galw", "en": " "}}}}
    found = untranslated({"form": form, "thresholds": rules}, ("en", "cy"))
    assert [(one.path, one.lacks, one.place) for one in found] == [
        (("form", "sections", 0, "title"), ("cy",), Place("section", "s")),
        (("form", "sections", 0, "questions", 0, "label"), (), Place("section", "s", "q")),
        (("thresholds", "notices", "call", "text"), ("en",), None),
    ]
    assert [one.same for one in found] == [False, True, False]


@pytest.mark.parametrize(("slug", "languages"), [("avonmere", ("en",)), ("glan-yr-afon", ("en", "cy"))])
def test_the_shipped_councils_lack_nothing(slug: str, languages: tuple[str, ...]) -> None:
    assert [one.path for one in untranslated(content(slug), languages) if one.lacks] == []


@settings(deadline=None)
@given(JSON, st.sampled_from(["en", "cy"]), st.text(max_size=5))
def test_setting_one_text_touches_no_other(document: Any, language: str, words: str) -> None:
    before = dict(texts(document))
    for path in before:
        after = dict(texts(with_text(document, path, {language: words})))
        assert {other: text for other, text in after.items() if other != path} == {
            other: text for other, text in before.items() if other != path
        }


def test_a_text_keeps_languages_that_were_not_asked_about() -> None:
    assert text_of({"en": "New"}, {"en": "Old", "cy": "Hen"}) == {"en": "New", "cy": "Hen"}
    assert text_of({"en": ""}, {"en": "Old"}) == {}
    assert text_of({"en": "New"}, "not a text") == {"en": "New"}
