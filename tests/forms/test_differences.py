"""Differences between two contents, question by question."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.forms.differences import ADDED, CHANGED, MOVED, REMOVED, Difference, Field, differences


def question(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "text", "label": {"en": key}, **more}


def content(**rules: Any) -> dict[str, Any]:
    pages = [
        {"key": "one", "title": {"en": "One"}, "questions": [question("a"), question("b"), question("c")]},
        {"key": "two", "title": {"en": "Two"}, "questions": [question("d")]},
    ]
    form = {"key": "concern", "title": {"en": "Form"}, "triage": {"pages": pages}, "sections": []}
    return {"form": form, "thresholds": {"rules": [], **rules}, "scenarios": []}


def page(of: dict[str, Any], number: int) -> list[Any]:
    found: list[Any] = of["form"]["triage"]["pages"][number]["questions"]
    return found


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.what, one.key) for one in differences(before, after)]


def test_the_same_content_differs_in_nothing() -> None:
    assert differences(content(), content()) == ()


def test_added_removed_changed_and_moved_questions() -> None:
    after = content()
    questions = page(after, 0)
    questions[0]["label"] = {"en": "a", "cy": "â"}
    questions[1] = question("new")
    page(after, 1).append(questions.pop(2))
    assert told(content(), after) == [
        (CHANGED, "question", "a"),
        (ADDED, "question", "new"),
        (REMOVED, "question", "b"),
        (MOVED, "question", "c"),
    ]
    found = differences(content(), after)
    assert found[0].fields == (Field("label", "cy", None, "â"),)
    assert (found[3].old_place, found[3].new_place) == ("one", "two")


def test_moving_one_question_up_moves_only_that_one() -> None:
    after = content()
    page(after, 0).insert(0, page(after, 0).pop(2))
    assert told(content(), after) == [(MOVED, "question", "c")]


def test_the_order_of_rules_matters_and_is_told() -> None:
    rules = [{"id": name, "when": {"always": True}, "route": "R", "why": {"en": name}} for name in ("A", "B", "C")]
    before, after = content(rules=rules), content(rules=[rules[1], rules[0], rules[2]])
    assert len(differences(before, after)) == 1
    assert differences(before, after)[0].kind == MOVED


def test_options_are_told_one_by_one() -> None:
    before, after = content(), content()
    page(before, 0)[0]["options"] = [{"value": "x", "label": {"en": "X"}}, {"value": "y", "label": {"en": "Y"}}]
    page(after, 0)[0]["options"] = [{"value": "y", "label": {"en": "Why"}}, {"value": "z", "label": {"en": "Z"}}]
    (found,) = differences(before, after)
    assert [(one.name, one.part) for one in found.fields] == [("options", "x"), ("options", "y"), ("options", "z")]


def test_values_conditions_routes_notices_topics_and_scenarios() -> None:
    before = content(values={"v": 1}, conditions={"c": {"always": True}}, notices={"n": {"en": "N"}})
    after = content(values={"v": 2}, routes={"R": {"rank": 1}}, topics={"t": {"title": {"en": "T"}}})
    after["scenarios"].append({"id": "S1", "title": "First"})
    after["thresholds"]["override_answer"] = "o"
    assert told(before, after) == [
        (ADDED, "route", "R"),
        (CHANGED, "value", "v"),
        (ADDED, "topic", "t"),
        (CHANGED, "settings", ""),
        (ADDED, "scenario", "S1"),
        (REMOVED, "condition", "c"),
        (REMOVED, "notice", "n"),
    ]


def test_questions_of_groups_and_of_the_urgent_form_are_their_own() -> None:
    before = content()
    section = {"key": "s", "title": {"en": "S"}, "questions": [question("g", type="group", questions=[question("x")])]}
    before["form"]["sections"] = [section]
    before["form"]["urgent"] = {"sections": [copy.deepcopy(section)]}
    after = copy.deepcopy(before)
    after["form"]["sections"][0]["questions"][0]["questions"][0]["type"] = "date"
    (found,) = differences(before, after)
    assert (found.what, found.root, found.key) == ("question", "sections", "g/x")


keys = st.lists(st.sampled_from("ABCDEFGH"), unique=True)
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["form", "thresholds", "triage", "pages", "questions", "rules", "id", "key", "en"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(keys, keys)
def test_every_order_is_told_with_as_few_moves_as_it_takes(old: list[str], new: list[str]) -> None:
    before, after = content(), content()
    before["form"]["triage"]["pages"][0]["questions"] = [question(key) for key in old]
    after["form"]["triage"]["pages"][0]["questions"] = [question(key) for key in new]
    found = [one for one in differences(before, after) if one.what == "question"]
    moved = {one.key for one in found if one.kind == MOVED}
    assert {one.key for one in found if one.kind == ADDED} == set(new) - set(old)
    assert {one.key for one in found if one.kind == REMOVED} == set(old) - set(new)
    stayed = set(old) & set(new) - moved
    assert [key for key in old if key in stayed] == [key for key in new if key in stayed]


@given(odd, odd)
def test_no_document_is_too_odd(before: Any, after: Any) -> None:
    old = before if isinstance(before, dict) else {"form": before}
    new = after if isinstance(after, dict) else {"thresholds": after}
    found = differences(old, new)
    assert all(isinstance(one, Difference) for one in found)
    assert differences(old, old) == ()
