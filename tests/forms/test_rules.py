"""The rule language at work: both councils' models, and what must hold whatever is answered."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.forms.facts import Facts
from portal.forms.rules import evaluate, may_override
from tests.forms.council_folders import NOW, answers_to, council, document, near
from tests.forms.reference_models import A_DOMAINS, Told, model_a, model_b

SLUGS = ("glan-yr-afon", "avonmere")
FLAGS = {"glan-yr-afon": ("a_red_flags", "a_red_flags_unsure"), "avonmere": ("b_red_flags",)}
DANGER = {"glan-yr-afon": "a_immediate_danger", "avonmere": "b_danger_now"}
ADULT = {"glan-yr-afon": "A02", "avonmere": "B02"}
STRENGTHS: dict[str, dict[str, list[Any]]] = {
    "glan-yr-afon": {"a_strengths": ["none_known", "some", "strong"]},
    "avonmere": {"b_protective": [["none"], [], ["protective_adult", "trusted_adult", "safety_plan"]]},
}
QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCENARIOS = [(slug, scenario) for slug in SLUGS for scenario in document(slug, "scenarios.json")["vignettes"]]

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.dates()
    | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
    max_leaves=10,
)


def rank(slug: str, route: str) -> int:
    return council(slug)[1].routes[route].rank


@pytest.mark.parametrize(("slug", "scenario"), SCENARIOS, ids=[scenario["id"] for _, scenario in SCENARIOS])
def test_each_worked_example_comes_out_as_expected(slug: str, scenario: dict[str, Any]) -> None:
    outcome = evaluate(council(slug)[1], scenario["answers"], NOW)
    expected = scenario["expected"]
    assert (outcome.route, outcome.rule, outcome.level) == (expected["route"], expected["rule"], expected["level"])
    assert set(outcome.notices) == set(expected["notices"])
    assert set(outcome.topics) == set(expected["topics"])
    assert not outcome.attention


QUIET_A: dict[str, Any] = {
    "a_age_band": "5_10",
    "a_in_area": "yes",
    "a_open_case": "no",
    "a_immediate_danger": "no",
    "a_about_practitioner": "no",
    "a_red_flags": [],
    "a_red_flags_unsure": [],
    "a_rf_now": "no",
    **{f"a_d_{name}": "0" for name in A_DOMAINS},
    "a_parent_factors": [],
    "a_vulnerability": [],
    "a_duration": "under_1m",
    "a_help_tried": "none",
    "a_strengths": "some",
    "a_consent": "agreed",
}
WORRIED_A: dict[str, Any] = {
    **QUIET_A,
    **{f"a_d_{name}": "1" for name in A_DOMAINS},
    "a_d_parent_issues": "2",
    "a_d_home_money": "2",
    "a_vulnerability": ["disabled", "asylum", "pregnant"],
    "a_parent_factors": ["substance", "offending"],
    "a_consent": "refused",
}
QUIET_B: dict[str, Any] = {
    "b_danger_now": "no",
    "b_age": 14,
    "b_location": "in_area",
    "b_worker": "no",
    "b_about_professional": "no",
    "b_red_flags": [],
    "b_concerns": {"bereavement": 1},
    "b_when": "older",
    "b_ongoing_access": "no",
    "b_impact": "some",
    "b_frequency": "one_off",
    "b_protective": ["trusted_adult", "safety_plan"],
    "b_complicating": [],
    "b_eh_tried": "no",
    "b_consent": "agreed",
}
WORRIED_B: dict[str, Any] = {**QUIET_B, "b_concerns": {"neglect": 3, "missing": 2}, "b_consent": "not_agreed"}


def agrees(slug: str, answers: dict[str, Any], model: Callable[[dict[str, Any]], Told]) -> bool:
    outcome = evaluate(council(slug)[1], answers, NOW)
    return (outcome.route, outcome.rule, outcome.level) == model(answers)


@pytest.mark.parametrize("base", [QUIET_A, WORRIED_A], ids=["quiet", "worried"])
def test_the_scored_model_agrees_with_the_one_written_by_hand(base: dict[str, Any]) -> None:
    questions = council("glan-yr-afon")[0].triage_questions()
    assert not [answers for answers in near(base, questions) if not agrees("glan-yr-afon", answers, model_a)]


@pytest.mark.parametrize("base", [QUIET_B, WORRIED_B], ids=["quiet", "worried"])
def test_the_levels_model_agrees_with_the_one_written_by_hand(base: dict[str, Any]) -> None:
    questions = council("avonmere")[0].triage_questions()
    assert not [answers for answers in near(base, questions) if not agrees("avonmere", answers, model_b)]


@QUICK
@given(data=st.data())
def test_both_models_agree_with_those_written_by_hand_on_any_answers(data: st.DataObject) -> None:
    for slug, model, base in (("glan-yr-afon", model_a, QUIET_A), ("avonmere", model_b, QUIET_B)):
        answers = base | data.draw(answers_to(council(slug)[0].triage_questions()))
        assert agrees(slug, answers, model)


@pytest.mark.parametrize("slug", SLUGS)
@QUICK
@given(data=st.data())
def test_evaluation_is_total_and_changes_nothing(slug: str, data: st.DataObject) -> None:
    form, thresholds = council(slug)
    keys = st.sampled_from([question.key for question in form.triage_questions()]) | st.text()
    answers = data.draw(st.dictionaries(keys, anything, max_size=12))
    before = copy.deepcopy(answers)
    outcome = evaluate(thresholds, answers, NOW)
    assert outcome.route in thresholds.routes
    assert outcome.level is None or outcome.level in thresholds.levels
    assert repr(answers) == repr(before)


@pytest.mark.parametrize("slug", SLUGS)
@QUICK
@given(data=st.data())
def test_the_first_rule_that_holds_decides(slug: str, data: st.DataObject) -> None:
    form, thresholds = council(slug)
    answers = data.draw(answers_to(form.triage_questions()))
    facts = Facts(answers, NOW, thresholds.values, thresholds.conditions)
    holding = [rule.id for rule in thresholds.rules if rule.when(facts)]
    outcome = evaluate(thresholds, answers, NOW)
    assert outcome.rule == holding[0]
    last = thresholds.rules[-1].id
    assert list(outcome.also) == [rule for rule in holding[1:] if rule != last]


@pytest.mark.parametrize("slug", SLUGS)
@QUICK
@given(data=st.data())
def test_disagreeing_only_ever_raises_the_route(slug: str, data: st.DataObject) -> None:
    form, thresholds = council(slug)
    answers = data.draw(answers_to(form.triage_questions()))
    plain = evaluate(thresholds, answers, NOW)
    raised = evaluate(thresholds, {**answers, thresholds.override_answer: "yes"}, NOW)
    if may_override(thresholds, plain):
        assert rank(slug, raised.route) > rank(slug, plain.route)
        assert raised.before_override == plain.rule
        assert "professional_override" in raised.notices
        assert not may_override(thresholds, raised)
    else:
        assert raised == plain
    unasked = evaluate(thresholds, {**answers, thresholds.override_answer: "no"}, NOW)
    assert unasked == plain


@pytest.mark.parametrize("slug", SLUGS)
@QUICK
@given(data=st.data())
def test_a_red_flag_reaches_the_hub_and_no_strength_lowers_it(slug: str, data: st.DataObject) -> None:
    form, thresholds = council(slug)
    key = data.draw(st.sampled_from(FLAGS[slug]))
    question = next(question for question in form.triage_questions() if question.key == key)
    flag = data.draw(st.sampled_from([option.value for option in question.options if not option.exclusive]))
    answers = data.draw(answers_to(form.triage_questions())) | {key: [flag]}
    outcome = evaluate(thresholds, answers, NOW)
    assert rank(slug, outcome.route) >= rank(slug, "MASH") or outcome.rule == ADULT[slug]
    (strength, values), *_ = STRENGTHS[slug].items()
    routes = {evaluate(thresholds, answers | {strength: value}, NOW).route for value in values}
    assert routes == {outcome.route}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_red_flag_of_unknown_timing_counts_upwards(slug: str) -> None:
    _, thresholds = council(slug)
    flags = FLAGS[slug][0]
    assert evaluate(thresholds, {flags: ["RF03"]}, NOW).route == "MASH_URGENT"
    assert evaluate(thresholds, {flags: "RF03"}, NOW).route == "MASH_URGENT"
    assert evaluate(thresholds, {flags: "RF03"}, NOW).attention


@pytest.mark.parametrize("slug", SLUGS)
def test_none_of_these_is_no_red_flag(slug: str) -> None:
    _, thresholds = council(slug)
    none = {key: ["none"] for key in FLAGS[slug]}
    empty: dict[str, Any] = {key: [] for key in FLAGS[slug]}
    assert evaluate(thresholds, none, NOW).rule == evaluate(thresholds, empty, NOW).rule == thresholds.rules[-1].id


@pytest.mark.parametrize("slug", SLUGS)
def test_danger_and_adults_take_only_their_notices(slug: str) -> None:
    _, thresholds = council(slug)
    age: dict[str, object] = {"a_age_band": "18_plus", "b_age": 18}
    flags = {key: ["RF04", "RF12"] for key in FLAGS[slug]}
    adult = evaluate(thresholds, {**age, **flags}, NOW)
    assert (adult.rule, adult.level, adult.notices, adult.topics) == (ADULT[slug], None, ("adult_safeguarding",), ())
    assert not may_override(thresholds, adult)
    danger = evaluate(thresholds, {**age, **flags, DANGER[slug]: "yes"}, NOW)
    assert {"call_999", "phone_hub", "do_not_alert_family", "fgm_police_duty", "dash"} == set(danger.notices)


def test_a_do_not_know_counts_one_and_the_vulnerabilities_are_capped() -> None:
    _, thresholds = council("glan-yr-afon")
    answers: dict[str, object] = {"a_d_health": "dk", "a_vulnerability": ["disabled", "asylum", "pregnant", "none"]}
    facts = Facts(answers, NOW, thresholds.values, thresholds.conditions)
    assert facts.value("score") == 3
    strong = Facts({"a_strengths": "strong"}, NOW, thresholds.values, thresholds.conditions)
    assert strong.value("score") == 0


def test_a_new_baby_gets_no_advice_on_school_or_boundaries() -> None:
    _, thresholds = council("glan-yr-afon")
    answers = {"a_age_band": "under_1", "a_d_parenting": "1", "a_d_development": "1"}
    shown = evaluate(thresholds, answers, NOW).topics
    assert set(shown) == {"parent_wellbeing", "send_aln", "pregnancy_newborn"}


@pytest.mark.parametrize("slug", SLUGS)
def test_every_triage_question_asks_for_an_answer(slug: str) -> None:
    form, thresholds = council(slug)
    assert all(question.required is True for question in form.triage_questions())
    assert thresholds.override_answer not in {question.key for question in form.triage_questions()}
    assert all(topic.services and topic.reviewed for topic in thresholds.topics.values())
    assert len(thresholds.topics) == 17
