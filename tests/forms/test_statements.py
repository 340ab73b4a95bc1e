"""Rules in plain words: each form of condition and value, and some statement for whatever a draft holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.forms import conditions, statements, values
from portal.forms.schema import parse_form
from portal.forms.statements import Statement
from portal.forms.statements.conditions import ANSWERS, FORMS
from portal.forms.statements.values import PHRASES
from tests.forms import third_model

RULES: dict[str, Any] = {
    "values": {
        "signs": {"count": {"answer": "signs"}},
        "score": {"sum": [{"answer": "moves"}, {"count": {"answer": "signs"}, "no_more_than": 2}], "no_less_than": 0},
        "pain": {"answer": "hurt", "points": {"yes": 2, "maybe": 1}},
        "areas": {"how_many": [{"answer": "hurt", "is": "yes"}, {"answer": "moves", "at_least": 9}]},
    },
    "conditions": {"bad": {"answer": "hurt", "is": "yes"}, "worse": {"value": "score", "at_least": 3}},
    "names": {
        "areas": {"en": "areas scored 3", "cy": "meysydd â sgôr o 3"},
        "score": {"en": "the score", "cy": "y sgôr"},
        "worse": {"en": "there is much to worry about", "cy": "mae llawer i boeni amdano"},
    },
    "routes": {"HUB": {"label": {"en": "The hub", "cy": "Yr hyb"}}},
    "notices": {"ring": {"en": "Ring us"}},
    "topics": {"rest": {"title": {"en": "Rest"}}},
    "override_answer": "still",
    "override_question": {"en": "Do you still think so? Say why."},
}
UNNAMED = {key: part for key, part in RULES.items() if key != "names"}
FORM = third_model.form()


@pytest.mark.parametrize(
    ("node", "english"),
    [
        ({"always": True}, "Always"),
        ({"answer": "hurt", "is": "yes"}, "“The hurt?” is “yes”"),
        ({"answer": "moves", "is": 3}, "“The moves?” is 3"),
        ({"answer": "hurt", "in": ["yes", "no"]}, "“The hurt?” is “yes” or “no”"),
        ({"answer": "hurt", "in": ["yes", "no", "maybe"]}, "“The hurt?” is one of these: yes; no; maybe"),
        ({"answer": "hurt", "not_in": ["no"]}, "“The hurt?” is not “no”, or has no answer"),
        ({"answer": "hurt", "not_in": ["no", "yes"]}, "“The hurt?” is neither “no” nor “yes”, or has no answer"),
        ({"answer": "moves", "at_least": 5}, "“The moves?” is 5 or more"),
        ({"answer": "moves", "below": 5}, "“The moves?” is less than 5"),
        ({"answer": "signs", "has": "thin"}, "“thin” is chosen in “The signs?”"),
        ({"answer": "signs", "has_any": ["thin", "quiet"]}, "Any of these is chosen in “The signs?”: thin; quiet"),
        ({"answer": "signs", "empty": False}, "Anything but “none” is chosen in “The signs?”"),
        ({"answer": "signs", "empty": True}, "Nothing, or only “none”, is chosen in “The signs?”"),
        ({"answer": "moves", "empty": True}, "“The moves?” has no answer"),
        ({"count": {"answer": "signs"}, "at_least": 2}, "Two or more are chosen in “The signs?”"),
        ({"count": {"answer": "signs"}, "below": 2}, "One or fewer are chosen in “The signs?”"),
        ({"count": {"answer": "signs"}, "below": 1}, "None are chosen in “The signs?”"),
        (
            {"count": {"answer": "signs", "of": ["thin", "quiet"]}, "at_least": 11},
            "11 or more of these are chosen in “The signs?”: thin; quiet",
        ),
        ({"value": "areas", "at_least": 2}, "Two or more areas scored 3"),
        ({"value": "score", "at_least": 14}, "The score is 14 or more"),
        ({"value": "score", "below": 14}, "The score is 13 or less"),
        ({"value": "pain", "at_least": 1}, "“The hurt?” is “yes” or “maybe”"),
        ({"value": "signs", "at_least": 3}, "Three or more are chosen in “The signs?”"),
        ({"value": "unknown", "is": 3}, "The value “unknown” is exactly three"),
        ({"met": "bad"}, "“The hurt?” is “yes”"),
        ({"met": "worse"}, "There is much to worry about"),
        ({"met": "unknown"}, "The condition “unknown” holds"),
        ({"answer": "still", "is": "yes"}, "“Do you still think so?” is “Yes”"),
        (
            {"all": [{"answer": "hurt", "is": "yes"}, {"all": [{"answer": "moves", "is": 1}, {"met": "worse"}]}]},
            "All of these hold: “The hurt?” is “yes”; “The moves?” is 1; there is much to worry about",
        ),
        ({"any": [{"answer": "hurt", "is": "yes"}]}, "“The hurt?” is “yes”"),
        (
            {"at_least": 2, "of": [{"answer": "hurt", "is": "yes"}, {"answer": "signs", "has_any": ["thin", "quiet"]}]},
            "At least two of these hold: “The hurt?” is “yes”; (any of these is chosen in “The signs?”: thin; quiet)",
        ),
        ({"not": {"answer": "hurt", "is": "yes"}}, "“The hurt?” is not “yes”, or has no answer"),
        ({"not": {"not": {"answer": "hurt", "is": "yes"}}}, "“The hurt?” is “yes”"),
        ({"not": {"answer": "moves", "empty": True}}, "“The moves?” has an answer"),
        ({"not": {"answer": "signs", "has": "thin"}}, "“thin” is not chosen in “The signs?”"),
        (
            {"not": {"any": [{"met": "bad"}, {"met": "worse"}]}},
            "None of these holds: “The hurt?” is “yes”; there is much to worry about",
        ),
        ({"not": {"value": "score", "at_least": 2}}, "This does not hold: the score is two or more"),
        ({"answer": "gone", "is": "lost"}, "“gone” is “lost”"),
        ({"surprise": 1}, "A condition that cannot be read"),
        (None, "A condition that cannot be read"),
    ],
)
def test_a_condition_in_english(node: object, english: str) -> None:
    assert statements.statement(node, FORM, RULES, "en") == english
    assert statements.statement(node, parse_form(FORM), RULES, "en") == english


@pytest.mark.parametrize(
    ("node", "welsh"),
    [
        ({"answer": "hurt", "is": "yes"}, "“yes” yw’r ateb i “The hurt?”"),
        ({"answer": "still", "is": "yes"}, "“Ie” yw’r ateb i “Do you still think so?”"),
        (
            {"answer": "signs", "has_any": ["thin", "quiet"]},
            "Dewiswyd unrhyw un o’r rhain yn “The signs?”: thin; quiet",
        ),
        ({"value": "areas", "at_least": 2}, "Meysydd â sgôr o 3: dau neu fwy"),
        ({"value": "score", "below": 8}, "Y sgôr: saith neu’n is"),
        ({"met": "worse"}, "Mae llawer i boeni amdano"),
        ({"not": {"answer": "hurt", "is": "yes"}}, "Nid “yes” yw’r ateb i “The hurt?”, neu nid oes ateb"),
    ],
)
def test_a_condition_in_welsh(node: object, welsh: str) -> None:
    assert statements.statement(node, FORM, RULES, "cy") == welsh


CAPPED = (
    "Counted as no less than zero: (The sum of these: The number answered to “The moves?”;"
    " How many are chosen in “The signs?”, counted as no more than two)"
)


@pytest.mark.parametrize(
    ("node", "english"),
    [
        (5, "5"),
        (RULES["values"]["pain"], "Points for “The hurt?”: “yes”: 2; “maybe”: 1"),
        (
            RULES["values"]["score"],
            CAPPED,
        ),
        ({"years_since": "born"}, "Whole years since “The born?”"),
        ({"highest": [{"value": "pain"}, 3]}, "The highest of these: Points for “The hurt?”; 3"),
        ({"if": {"met": "bad"}, "then": 2}, "One or the other: (2, if this holds: “The hurt?” is “yes”); Otherwise 0"),
        ("two", "A value that cannot be read"),
    ],
)
def test_a_derived_value(node: object, english: str) -> None:
    assert statements.value_lines(node, FORM, RULES, "en").flat() == english


def test_caps_are_told_only_where_they_change_the_comparison() -> None:
    told = statements.statement({"value": "score", "at_least": 1}, FORM, UNNAMED, "en")
    assert told.startswith("The sum of these is one or more: ")
    assert "no less than" in statements.statement({"value": "score", "at_least": 0}, FORM, UNNAMED, "en")


def test_a_rule_and_an_override() -> None:
    simple = {"id": "R1", "when": {"answer": "hurt", "is": "yes"}, "route": "HUB", "level": 4}
    assert (
        statements.rule_statement(simple, FORM, RULES, "en")
        == "If “The hurt?” is “yes”, it goes to “The hub” (level 4)"
    )
    several = {**simple, "when": {"answer": "signs", "has_any": ["thin", "quiet"]}, "level": None}
    assert (
        statements.rule_statement(several, FORM, RULES, "en")
        == "It goes to “The hub” if any of these is chosen in “The signs?”: thin; quiet"
    )
    last = {**simple, "when": {"always": True}, "level": [{"when": {"met": "bad"}, "level": 3}, {"level": 2}]}
    assert [line.flat() for line in statements.rule_lines(last, FORM, RULES, "en")] == [
        "Otherwise it goes to “The hub”",
        "The level of need is the first of these that fits: 3 if “The hurt?” is “yes”; Otherwise 2",
    ]
    way = {**simple, "from": ["HUB"], "except": ["R2"]}
    assert [line.flat() for line in statements.rule_lines(way, FORM, {**RULES, "rules": [last]}, "en")][1:] == [
        "Only where the other rules chose one of these: The hub",
        "But not after these rules: R2",
    ]


def test_notices_topics_and_questions() -> None:
    when = {"answer": "hurt", "is": "yes"}
    assert statements.notice_lines("ring", FORM, RULES, "en").flat() == "“Ring us” is always shown"
    told = statements.notice_lines({"notice": "ring", "when": when, "routes": ["HUB"]}, FORM, RULES, "en")
    assert told.flat() == "“Ring us” is shown if both hold: (On these routes: The hub); “The hurt?” is “yes”"
    topic = {"topics": ["rest"], "when": when, "drop": True}
    assert statements.topic_lines(topic, FORM, RULES, "en").flat() == "“Rest”: left out if “The hurt?” is “yes”"
    assert statements.question_statement(when, FORM, "en") == "Shown when “The hurt?” is “yes”"
    assert statements.question_statement(when, FORM, "en", required=True).startswith("Must be answered when ")


def test_a_named_condition_has_its_meaning_beneath_it() -> None:
    told = statements.lines({"met": "worse"}, FORM, RULES, "en")
    assert told.text == "There is much to worry about, which means:"
    assert told.children == (Statement("The score is three or more"),)


def test_every_form_of_the_language_is_told() -> None:
    assert list(FORMS) == list(conditions.FORMS)
    assert set(ANSWERS) == set(conditions.ANSWER_FORMS)
    assert list(PHRASES) == list(values.FORMS)


NAMES = st.sampled_from(
    [*conditions.FORMS, *conditions.ANSWER_FORMS, *values.FORMS, "points", "no_more_than", "level_is", "then", "hurt"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)
PARTS = st.dictionaries(st.sampled_from([*RULES, "triage", "sections", "rules"]), ANYTHING, max_size=4)


@settings(max_examples=100, deadline=None)
@given(node=ANYTHING, form=ANYTHING | st.just(FORM), rules=ANYTHING | PARTS | st.just(RULES))
def test_anything_gives_some_statement(node: object, form: object, rules: object) -> None:
    for language in ("en", "cy"):
        assert statements.statement(node, form, rules, language)
        assert statements.value_lines(node, form, rules, language).text
        assert statements.rule_statement(node, form, rules, language)
        assert statements.rule_statement({"when": node, "level": node, "route": node}, form, rules, language)
        assert statements.notice_lines(node, form, rules, language).text
        assert statements.topic_lines(node, form, rules, language).text
        assert statements.question_statement(node, form, language)


def test_a_draft_that_doubles_or_turns_in_circles_still_ends() -> None:
    doubling = {f"v{one}": {"sum": [{"value": f"v{one + 1}"}] * 2} for one in range(90)}
    told = statements.value_lines({"value": "v0"}, FORM, {"values": doubling}, "en").flat()
    assert "And more that is not told here" in told
    assert len(told) < 20_000
    circle = {
        "conditions": {"a": {"not": {"met": "a"}}, "b": {"all": [{"met": "b"}] * 9}},
        "values": {"v": {"value": "v"}},
    }
    for node in ({"met": "a"}, {"met": "b"}, {"value": "v", "is": 1}, {"any": [{"met": "b"}] * 9}):
        assert statements.statement(node, FORM, circle, "en")
    deep: dict[str, Any] = {"always": True}
    for _ in range(5_000):
        deep = {"not": {"value": "x", "at_least": 1, "not": deep}}
    assert statements.statement(deep, FORM, RULES, "en")
