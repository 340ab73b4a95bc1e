"""Locked items: a draft cannot change them, nor what they depend on; everything else stays the council's."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given

from portal.forms.locks import all_locked, broken, unknown
from tests.forms.contents import ANY_JSON, CONTENTS, WRONG_CONTENTS

CONTENT: dict[str, Any] = {
    "form": {
        "triage": {
            "pages": [
                {
                    "key": "first",
                    "title": {"en": "First"},
                    "show_when": {"answer": "a", "is": "yes"},
                    "questions": [
                        {"key": "danger", "type": "radios", "label": {"en": "Danger?"}, "options": [{"value": "yes"}]},
                        {"key": "other", "type": "text", "label": {"en": "Other"}},
                    ],
                }
            ]
        },
        "sections": [],
        "urgent": {"sections": [{"key": "short", "questions": [{"key": "where", "type": "text"}]}]},
    },
    "thresholds": {
        "values": {"points": 1, "rest": 2},
        "conditions": {"worried": {"value": "points", "at_least": 1}, "fine": {"always": True}},
        "rules": [
            {"id": "R1", "when": {"met": "worried"}, "route": "HUB"},
            {"id": "R2", "when": {"answer": "danger", "is": "yes"}, "route": "HUB"},
            {"id": "R3", "when": {"always": True}, "route": "ADVICE"},
        ],
        "notices": {"ring": {"en": "Ring"}},
        "safety": {"hub": "HUB"},
    },
    "scenarios": [],
}


def changed(way: list[Any], value: Any) -> dict[str, Any]:
    """A copy of the content with one place changed."""
    made = copy.deepcopy(CONTENT)
    node: Any = made
    for step in way[:-1]:
        node = node[step]
    node[way[-1]] = value
    return made


PAGE = ["form", "triage", "pages", 0]
RULES = ["thresholds", "rules"]


@pytest.mark.parametrize(
    ("locked", "way", "value", "expected"),
    [
        ("question:danger", [*PAGE, "questions", 0, "label"], {"en": "Well?"}, ["question:danger"]),
        ("question:danger", [*PAGE, "questions", 0, "options"], [], ["question:danger"]),
        ("question:danger", [*PAGE, "questions"], [], ["question:danger"]),
        ("question:danger", [*PAGE, "show_when"], {"always": True}, ["question:danger"]),
        ("question:danger", [*PAGE, "title"], {"en": "Another"}, []),
        ("question:danger", [*PAGE, "questions", 1, "label"], {"en": "Another"}, []),
        ("question:where", ["form", "urgent"], {"sections": []}, ["question:where"]),
        ("page:first", [*PAGE, "title"], {"en": "Another"}, ["page:first"]),
        ("page:first", [*PAGE, "questions"], [], []),
        ("section:short", ["form", "urgent", "sections"], [], ["section:short"]),
        ("rule:R1", [*RULES, 0, "route"], "ADVICE", ["rule:R1"]),
        ("rule:R1", ["thresholds", "conditions", "worried"], {"always": True}, ["condition:worried"]),
        ("rule:R1", ["thresholds", "values", "points"], 0, ["value:points"]),
        ("rule:R1", ["thresholds", "values", "rest"], 0, []),
        ("notice:ring", ["thresholds", "notices"], {}, ["notice:ring"]),
        ("safety", ["thresholds", "safety", "hub"], "ADVICE", ["safety"]),
        ("safety", ["thresholds", "notices"], {}, []),
    ],
)
def test_a_changed_lock_is_named(locked: str, way: list[Any], value: Any, expected: list[str]) -> None:
    """Only the locked item, and what decides whether it counts."""
    assert broken([locked], CONTENT, changed(way, value)) == expected
    assert broken([locked], CONTENT, CONTENT) == []


def test_locked_rules_keep_their_order_and_others_may_come_between() -> None:
    """The first rule that holds decides, so that two locked rules changing places is a change."""
    first, second, last = CONTENT["thresholds"]["rules"]
    own = {"id": "OWN", "when": {"answer": "other", "empty": False}, "route": "HUB"}
    locked = ["rule:R1", "rule:R2"]
    assert broken(locked, CONTENT, changed(RULES, [second, first, last])) == locked
    assert broken(locked, CONTENT, changed(RULES, [first, own, second, last])) == []
    assert broken(locked, CONTENT, changed(RULES, [first, last])) == ["rule:R2"]


def test_a_locked_rule_locks_what_it_speaks_of() -> None:
    """The condition, and the value inside that condition."""
    assert all_locked(["rule:R1"], CONTENT) == {"rule:R1", "condition:worried", "value:points"}


def test_names_that_lock_nothing_are_found() -> None:
    """A template that locks a question that it does not have is a mistake."""
    locked = ["safety", "question:danger", "question:dagner", "form:title", "option:danger.yes"]
    assert unknown(locked, CONTENT) == ["question:dagner", "form:title", "option:danger.yes"]


@given(template=CONTENTS, content=WRONG_CONTENTS | ANY_JSON)
def test_any_content_can_be_asked_about(template: dict[str, Any], content: object) -> None:
    """Whatever a draft holds: an answer and no error; a template never breaks its own locks."""
    locked = ["question:a", "question:b", "rule:a", "rule:b", "page:a", "section:a", "notice:a", "safety"]
    assert broken(locked, template, template) == []
    assert isinstance(broken(locked, template, content), list)
