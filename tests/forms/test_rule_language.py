"""Every form of expression of the rule language, shown on a third model that shares nothing with the councils'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.forms.conditions import Asked, Words, holds, read_condition
from portal.forms.facts import Facts
from portal.forms.mistakes import Checker, SchemaMistakes, at
from portal.forms.rules import evaluate, may_override, parse_thresholds
from portal.forms.schema import parse_form
from tests.forms import third_model

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ASKED = {
    "colour": Asked("radios", frozenset({"red", "blue"})),
    "tools": Asked("checkboxes", frozenset({"saw", "axe", "none"}), frozenset({"none"})),
    "worries": Asked("levels", frozenset({"cold", "wet"})),
    "size": Asked("number"),
    "note": Asked("text"),
}
FORM = parse_form(third_model.form())
THRESHOLDS = parse_thresholds(third_model.thresholds(), FORM)


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        ({"always": True}, {}, True),
        ({"answer": "colour", "is": "red"}, {"colour": "red"}, True),
        ({"answer": "colour", "is": "red"}, {}, False),
        ({"answer": "colour", "in": ["red", "blue"]}, {"colour": "blue"}, True),
        ({"answer": "colour", "not_in": ["red"]}, {}, True),
        ({"answer": "colour", "not_in": ["red"]}, {"colour": "red"}, False),
        ({"answer": "size", "at_least": 3}, {"size": 3}, True),
        ({"answer": "size", "at_least": 3}, {"size": "3"}, True),
        ({"answer": "size", "at_least": -3}, {}, False),
        ({"answer": "size", "below": 3}, {"size": 3}, False),
        ({"answer": "size", "below": 3}, {"size": True}, False),
        ({"answer": "size", "is": 3}, {"size": 3}, True),
        ({"answer": "tools", "has": "saw"}, {"tools": ["axe", "saw"]}, True),
        ({"answer": "tools", "has_any": ["saw", "axe"]}, {"tools": ["none"]}, False),
        ({"answer": "tools", "empty": True}, {"tools": ["none"]}, True),
        ({"answer": "tools", "empty": False}, {"tools": ["none", "axe"]}, True),
        ({"answer": "note", "empty": True}, {"note": " \n"}, True),
        ({"answer": "note", "empty": True}, {}, True),
        ({"not": {"answer": "colour", "is": "red"}}, {"colour": "red"}, False),
        ({"all": [{"answer": "colour", "is": "red"}, {"answer": "size", "is": 1}]}, {"colour": "red"}, False),
        ({"any": [{"answer": "colour", "is": "red"}, {"answer": "size", "is": 1}]}, {"colour": "red"}, True),
        ({"count": {"answer": "tools"}, "at_least": 1}, {"tools": ["none"]}, False),
        ({"count": {"answer": "tools", "of": ["saw"]}, "is": 1}, {"tools": ["saw", "axe", "saw"]}, True),
        (
            {"count": {"answer": "worries", "level_at_least": 2}, "at_least": 2},
            {"worries": {"cold": 2, "wet": 4}},
            True,
        ),
        ({"count": {"answer": "worries", "level_is": 2}, "is": 1}, {"worries": {"cold": 2, "wet": 4}}, True),
        ({"count": {"answer": "worries", "of": ["wet"]}, "below": 1}, {"worries": {"cold": 2}}, True),
    ],
)
def test_a_condition_holds_or_not(condition: dict[str, Any], answers: dict[str, object], expected: bool) -> None:
    words = Words(Checker(), ASKED)
    assert holds(read_condition(condition, words, ()), answers) is expected
    assert not words.checker.mistakes


def nested(depth: int) -> dict[str, Any]:
    return {"answer": "size", "is": 1} if depth == 1 else {"not": nested(depth - 1)}


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ({}, ""),
        ("{{ 7*7 }}", ""),
        ({"__class__": "x"}, ""),
        ({"answer": "nobody", "is": "x"}, "answer"),
        ({"answer": "colour", "is": "green"}, "is[0]"),
        ({"answer": "colour", "is": "red", "in": ["red"]}, ""),
        ({"answer": "colour", "is": "red", "or": 1}, "or"),
        ({"answer": "colour", "in": [True]}, "in[0]"),
        ({"answer": "colour", "has": "red"}, "has"),
        ({"answer": "tools", "empty": "yes"}, "empty"),
        ({"answer": "size", "at_least": 2**99}, "at_least"),
        ({"all": []}, "all"),
        ({"at_least": 3, "of": [nested(1), nested(1)]}, "at_least"),
        ({"value": "unknown", "is": 1}, "value"),
        ({"met": "unknown"}, "met"),
        ({"count": {"answer": "colour"}, "is": 1}, "count.answer"),
        ({"count": {"answer": "tools", "level_is": 1}, "is": 1}, "count.level_is"),
        (nested(9), "not.not.not.not.not.not.not.not"),
        ({"any": [nested(1)] * 401}, "any"),
        ({"any": [{"any": [nested(1)] * 300}] * 2}, "any[1].any[98]"),
        ({"always": False}, "always"),
    ],
)
def test_a_mistaken_condition_is_refused_with_its_place(condition: object, place: str) -> None:
    words = Words(Checker(), ASKED)
    read_condition(condition, words, ())
    assert place in [at(mistake.path).replace("the document", "") for mistake in words.checker.mistakes]


def test_a_condition_of_the_allowed_depth_is_read() -> None:
    words = Words(Checker(), ASKED)
    read_condition(nested(8), words, ())
    assert not words.checker.mistakes


@pytest.mark.parametrize(
    ("answers", "rule", "level"),
    [
        ({"hurt": "yes", "how_hurt": "wound"}, "wound", 2),
        ({"signs": ["hungry", "thin", "quiet"]}, "mix", 1),
        ({"signs": ["hungry", "thin"], "hurt": "maybe"}, "mix", 2),
        ({"signs": ["hungry"], "hurt": "maybe"}, "mix", 2),
        ({"signs": ["none"], "moves": 3, "hurt": "no"}, "rest", None),
        ({"signs": ["hungry"]}, "rest", None),
        ({"signs": ["hungry"], "born": "2026-02-27"}, "mix", 1),
        ({"signs": ["hungry"], "born": "2025-02-27"}, "rest", None),
    ],
)
def test_the_third_model_decides(answers: dict[str, object], rule: str, level: int | None) -> None:
    outcome = evaluate(THRESHOLDS, answers, NOW)
    assert (outcome.rule, outcome.level) == (rule, level)


@pytest.mark.parametrize(
    ("value", "answers", "expected"),
    [
        ("signs", {"signs": ["thin", "hungry"]}, 6),
        ("moves", {"moves": 40}, 2),
        ("moves", {}, None),
        ("total", {"moves": 40}, 1),
        ("total", {}, 0),
        ("least", {"signs": ["thin"], "moves": 1}, 1),
        ("age", {"born": "2020-03-02"}, 5),
        ("age", {"born": "2020-03-01"}, 6),
        ("age", {"born": "2020-W09-1"}, None),
        ("days", {"born": "2026-02-28"}, 1),
    ],
)
def test_a_derived_value_is_worked_out(value: str, answers: dict[str, object], expected: int | None) -> None:
    assert Facts(answers, NOW, THRESHOLDS.values, THRESHOLDS.conditions).value(value) == expected


def test_the_last_rule_shows_its_topics_and_may_be_overridden() -> None:
    outcome = evaluate(THRESHOLDS, {"hurt": "no"}, NOW)
    assert (outcome.topics, outcome.notices, may_override(THRESHOLDS, outcome)) == (("rest",), (), True)
    raised = evaluate(THRESHOLDS, {"hurt": "no", "disagree": "yes"}, NOW)
    assert (raised.rule, raised.route, raised.topics, raised.before_override) == ("up", "desk", (), "rest")


def test_an_answer_no_page_could_give_asks_for_attention() -> None:
    assert not evaluate(THRESHOLDS, {"hurt": "no"}, NOW).attention
    assert evaluate(THRESHOLDS, {"hurt": "yes"}, NOW).attention
    assert evaluate(THRESHOLDS, {"hurt": "perhaps"}, NOW).attention
    assert evaluate(THRESHOLDS, {"hurt": "no", "signs": ["zzz"]}, NOW).attention
    assert evaluate(THRESHOLDS, {"hurt": "no", "born": "2026-02-31"}, NOW).attention


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.pop("override_answer"), "the document"),
        (lambda d: d.update(score=1), "score"),
        (lambda d: d["rules"][0].update(route="window"), "rules[0].route"),
        (lambda d: d["rules"][0].update(level=7), "rules[0].level"),
        (lambda d: d["rules"][0].update(level={"value": "nothing"}), "rules[0].level.value"),
        (lambda d: d["rules"][0].update(notices=["shout"]), "rules[0].notices[0]"),
        (lambda d: d["rules"][0].update(topics=["work"]), "rules[0].topics[0]"),
        (lambda d: d["rules"][0].update(when={"always": True}), "rules[0].when"),
        (lambda d: d["rules"].pop(), "rules[1].when"),
        (lambda d: d["rules"][1].update(id="wound"), "rules[1].id"),
        (lambda d: d["overrides"][0].update(route="shelf"), "overrides[0].route"),
        (lambda d: d["overrides"][0].update(id="rest"), "overrides[0].id"),
        (lambda d: d["overrides"][0].update({"except": ["gone"]}), "overrides[0].except[0]"),
        (lambda d: d["rules"][0].update(when={"answer": "disagree", "is": "yes"}), "rules[0].when.answer"),
        (lambda d: d["routes"]["shelf"].update(rank=2), "routes"),
        (lambda d: d["levels"].update({"high": {"en": "High"}}), "levels.high"),
        (lambda d: d["values"].update(loop={"value": "loop"}), "values.loop.value"),
        (lambda d: d["values"].update(power={"sum": ["2**9**9"]}), "values.power.sum[0]"),
        (lambda d: d["values"].update(odd={"answer": "hurt", "points": {"nope": 1}}), "values.odd.points[0]"),
        (lambda d: d["topics"]["rest"].update(reviewed="2026-02-30"), "topics.rest.reviewed"),
        (lambda d: d["topics"]["rest"]["services"][0].update(phone="call me"), "topics.rest.services[0].phone"),
        (lambda d: d["topics"]["rest"]["services"][0].update(url="javascript:1"), "topics.rest.services[0].url"),
        (lambda d: d["notices"].update(ring={"en": "a\x00b"}), "notices.ring.en"),
        (lambda d: d["notices"].update(ring={"fr": "Sonnez"}), "notices.ring.fr"),
        (lambda d: d["always"].append({"notice": "ring", "routes": ["attic"]}), "always[1].routes[0]"),
        (lambda d: d.update(topic_rules=[{"topics": ["rest"], "when": {"met": "gone"}}]), "topic_rules[0].when.met"),
    ],
)
def test_a_mistake_in_the_thresholds_is_named_with_its_place(change: Change, place: str) -> None:
    document = third_model.thresholds()
    change(document)
    with pytest.raises(SchemaMistakes) as refused:
        parse_thresholds(document, FORM)
    assert place in [at(mistake.path) for mistake in refused.value.mistakes]


def test_all_mistakes_are_told_together_and_promised_languages_are_required() -> None:
    document = third_model.thresholds()
    document["rules"][0]["route"] = document["rules"][1]["route"] = "window"
    with pytest.raises(SchemaMistakes) as refused:
        parse_thresholds(document, FORM, ("en", "cy"))
    messages = [mistake.message for mistake in refused.value.mistakes]
    assert messages.count("unknown route window") == 2
    assert "the cy text is missing" in messages
