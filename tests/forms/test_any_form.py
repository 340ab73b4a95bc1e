"""Random valid forms and rules: whatever is answered there is a route, and the proof says what enumeration says."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.forms.questionnaire import visible
from portal.forms.rules import Thresholds, evaluate, parse_thresholds
from portal.forms.schema import Form, parse_form
from portal.forms.verify import findings as names
from portal.forms.verify.proving import verify
from portal.referrals.paths import walk, walk_triage
from portal.referrals.routing import NO_RULE, route
from tests.forms.council_folders import answer_to
from tests.forms.generated import HUB, KEYS, RANKS, large, small
from tests.forms.large_model import decide

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "b", "none", "yes", "", "x", "2026-01-31"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "s2", "first"]), inner, max_size=2)
    ),
    max_leaves=5,
)
KEYS_OF_ALL = (*KEYS, "s0", "s1", "s2", "s3", "first", "people", "disagree", "stranger")
anything = st.dictionaries(st.sampled_from(KEYS_OF_ALL), junk)


def read(documents: tuple[dict[str, Any], dict[str, Any]]) -> tuple[Form, Thresholds]:
    form = parse_form(documents[0])
    return form, parse_thresholds(documents[1], form)


@QUICK
@given(small(), anything, anything)
def test_random_answers_to_random_forms_always_route_and_stay_on_the_path(
    documents: tuple[dict[str, Any], dict[str, Any]], triage: dict[str, Any], body: dict[str, Any]
) -> None:
    form, thresholds = read(documents)
    assert evaluate(thresholds, triage, NOW).route in RANKS
    routed = route(form, thresholds, "full", triage, NOW)
    assert routed.outcome.rule != NO_RULE
    assert routed.outcome.route in RANKS
    sections = {"first": body, "people": [body, {"s2": {"first": "李", "last": "O'Brien"}}], "nowhere": body}
    walked = walk(form, "full", triage, sections)
    # What is kept is exactly what following the path again keeps: nothing that no question on it could have given.
    again = walk(form, "full", walked.triage, walked.sections)
    assert (again.triage, again.sections) == (walked.triage, walked.sections)
    assert set(walked.triage) <= set(KEYS)
    assert set(walked.sections) <= {"first", "people"}
    assert {key for kept in walked.sections.values() if isinstance(kept, dict) for key in kept} <= {"s0", "s1"}
    if walked.sections.get("first", {}).get("s0") != "yes":
        assert "s1" not in walked.sections.get("first", {})


def ways(question: dict[str, Any]) -> list[Any]:
    """Every answer to a question of a small form; None for no answer."""
    if question["type"] == "radios":
        return [None, *(option["value"] for option in question["options"])]
    return [None, 0, 1, 2] if question["type"] == "number" else [None, ["a"], ["b"], ["a", "b"], ["none"]]


def complete(form: Form, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every complete set of answers, as typed: those to questions off the path are in it too."""
    questions = document["triage"]["pages"][0]["questions"]
    for answers in itertools.product(*(ways(one) for one in questions)):
        typed = {key: value for key, value in zip(KEYS, answers, strict=True) if value is not None}
        if not walk_triage(form, typed)[1]:
            yield typed


def judged(documents: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, bool]:
    """What enumeration says of the properties that it can be asked about."""
    form, (document, rules) = parse_form(documents[0]), documents
    thresholds = parse_thresholds(rules, form, whole=False)
    outcomes = [(typed, evaluate(thresholds, walk_triage(form, typed)[0], NOW)) for typed in complete(form, document)]
    deciding = {outcome.rule for _typed, outcome in outcomes}
    flags = [one["key"] for one in document["triage"]["pages"][0]["questions"] if one.get("flags")]
    low = [
        typed
        for typed, outcome in outcomes
        if RANKS[outcome.route] < RANKS[HUB] or not outcome.rule
        if any(set(walk_triage(form, typed)[0].get(key, ())) - {"none"} for key in flags)
    ]
    ways_up = any(RANKS[outcome.route] < RANKS[HUB] and outcome.rule for _typed, outcome in outcomes)
    return {
        names.ONE_ROUTE: "" not in deciding,
        names.REACHABLE: {rule["id"] for rule in rules["rules"]} <= deciding and ways_up,
    } | ({names.FLAGS: not low} if flags else {})


@QUICK
@given(small(whole=False) | small())
def test_the_proof_says_what_trying_every_answer_says(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    expected = judged(documents)
    proof = verify(*documents, ("en",), only=tuple(expected))
    assert {found.name: found.holds for found in proof.properties if found.name in expected} == expected
    for found in proof.properties:
        for finding in found.findings:
            assert "portal itself" not in finding.message["en"]


WEIGHT = {"a": 0, "b": 1, "c": 2}


def is_worse(question: dict[str, Any], one: Any, other: Any) -> bool:
    """Whether the second answer is one step worse than the first, as the proof understands it."""
    if one is None or other is None:
        return question["type"] == "checkboxes" and one is None and other in (["a"], ["b"])
    if question["type"] == "checkboxes":
        before, after = set(one) - {"none"}, set(other) - {"none"}
        return before < after and len(after - before) == 1
    if question["type"] == "radios":
        return WEIGHT[other] > WEIGHT[one]
    return bool(other > one) if question["severity"] == "higher" else bool(other < one)


@QUICK
@given(small())
def test_a_worse_answer_lowers_in_the_proof_exactly_when_it_does(
    documents: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    form, (document, _rules) = parse_form(documents[0]), documents
    _form, thresholds = read(documents)
    everything = list(complete(form, document))
    kept = [walk_triage(form, typed)[0] for typed in everything]
    ranks = [RANKS[evaluate(thresholds, one, NOW).route] for one in kept]
    lowered: set[str] = set()
    for key in KEYS:
        groups: dict[str, list[int]] = {}
        for place, typed in enumerate(everything):
            groups.setdefault(str({name: value for name, value in typed.items() if name != key}), []).append(place)
        question = next(one for one in document["triage"]["pages"][0]["questions"] if one["key"] == key)
        for group in groups.values():
            for one, other in itertools.permutations(group, 2):
                shown = key in _asked(form, everything[one]) and key in _asked(form, everything[other])
                worse = is_worse(question, everything[one].get(key), everything[other].get(key))
                if shown and worse and ranks[other] < ranks[one]:
                    lowered.add(key)
    proof = verify(*documents, ("en",), only=(names.WORSE,))
    found = next(one for one in proof.properties if one.name == names.WORSE)
    assert {finding.changed for finding in found.findings} - {""} == lowered


def _asked(form: Form, typed: dict[str, Any]) -> set[str]:
    return {question.key for question in visible(form.triage_questions(), typed)}


def test_a_large_form_is_proved() -> None:
    # benchmarks/rules.py proves the largest: 60 questions and 40 rules.
    form, thresholds = large(24, 16)
    assert verify(form, thresholds, ("en",)).holds


def test_the_large_form_by_hand_decides_as_its_rules_do() -> None:
    form, document = large()
    parsed = parse_form(form)
    thresholds = parse_thresholds(document, parsed)

    @QUICK
    @given(st.fixed_dictionaries({one.key: answer_to(one) for one in parsed.triage_questions()}))
    def agree(answers: dict[str, Any]) -> None:
        told = evaluate(thresholds, answers, NOW)
        assert (told.route, told.rule) == decide(answers)

    agree()
