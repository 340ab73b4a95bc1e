"""The proof: the shipped councils hold, formulas mean what the portal does, and something is always told."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.forms.facts import Facts
from portal.forms.questionnaire import visible
from portal.forms.rules import evaluate
from portal.forms.schema import parse_form
from portal.forms.verify import FATAL, PROPERTIES
from portal.forms.verify.answering import Raw
from portal.forms.verify.findings import OVERRIDE
from portal.forms.verify.proving import SOME_DAY, _subject, verify
from tests.forms import third_model
from tests.forms.council_folders import LANGUAGES, answers_to, document

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ADULTS = {"glan-yr-afon": "A02", "avonmere": "B02"}


def documents(slug: str) -> tuple[dict[str, Any], dict[str, Any]]:
    form = document(slug, "forms/concern.yaml") | {"triage": document(slug, "forms/triage.yaml")}
    return form, document(slug, "thresholds.yaml") | {"topics": document(slug, "topics.yaml")}


@pytest.mark.parametrize("slug", LANGUAGES)
def test_the_shipped_councils_are_proved(slug: str) -> None:
    proof = verify(*documents(slug), LANGUAGES[slug])
    assert [(found.name, found.holds, found.judged) for found in proof.properties] == [
        (name, True, True) for name in PROPERTIES
    ]
    assert proof.holds
    # The scope rule is shown beside the property that would fail without it, with its reason.
    exceptions = {found.name: [(one.rule, one.needed) for one in found.exceptions] for found in proof.properties}
    assert {name: rules for name, rules in exceptions.items() if rules} == {OVERRIDE: [(ADULTS[slug], True)]}
    told = json.loads(json.dumps(proof.document()))
    assert told["holds"] is True
    assert {one["name"] for one in told["properties"] if one["fatal"]} == set(FATAL)


def values_of(raws: Mapping[str, Raw], answers: dict[str, Any]) -> list[Any]:
    """The variables of a form as these answers set them."""
    said: list[Any] = []
    for key, here in raws.items():
        answer = answers.get(key)
        chosen = answer if isinstance(answer, list) else [answer]
        levels = answer if isinstance(answer, dict) else {}
        said += [var == z3.BoolVal(name in chosen) for name, var in here.options.items()]
        said += [
            var == z3.BoolVal(levels.get(category) == level)
            for category, found in here.levels.items()
            for level, var in found.items()
        ]
        if here.number is not None:
            given_number = isinstance(answer, int)
            said.append(here.has_number == z3.BoolVal(given_number))
            said.append(here.number == (answer if given_number else 0))
    return said


@pytest.mark.parametrize("slug", LANGUAGES)
def test_formulas_mean_what_the_portal_does(slug: str) -> None:
    form_document, thresholds_document = documents(slug)
    form = parse_form(form_document)
    subject = _subject(form, form_document, thresholds_document, SOME_DAY)
    case, meaning = subject.case, subject.formulas.meaning
    solver = z3.SimpleSolver()
    rules = [rule["id"] for rule in subject.rules.rules]
    named = {name: meaning.named(name) for name in thresholds_document["conditions"]}
    derived = {name: meaning.derived(name) for name in thresholds_document["values"]}

    @QUICK
    @given(answers_to(form.triage_questions()))
    def agree(answers: dict[str, Any]) -> None:
        path = {question.key for question in visible(form.triage_questions(), answers)}
        kept = {key: value for key, value in answers.items() if key in path}
        solver.push()
        solver.add(*values_of(case.raws, answers))
        assert solver.check() == z3.sat
        model = solver.model()
        solver.pop()
        assert {key for key, shown in case.shown.items() if z3.is_true(model.eval(shown, True))} == path
        fired = [rule for rule, fires in zip(rules, case.fires, strict=True) if z3.is_true(model.eval(fires, True))]
        outcome = evaluate(subject.thresholds, kept, SOME_DAY)
        assert fired == [outcome.rule]
        assert model.eval(case.rank, True).as_long() == subject.thresholds.routes[outcome.route].rank
        facts = Facts(kept, SOME_DAY, subject.thresholds.values, subject.thresholds.conditions)
        for name, formula in named.items():
            assert z3.is_true(model.eval(formula, True)) == facts.holds(name), name
        for name, number in derived.items():
            known = z3.is_true(model.eval(number.known, True))
            assert (model.eval(number.value, True).as_long() if known else None) == facts.value(name), name

    agree()


def test_a_third_quite_different_model_can_be_proved() -> None:
    form, thresholds = third_model.form(), third_model.thresholds()
    proof = verify(form, thresholds)
    found = {one.name: one for one in proof.properties}
    assert found["can_be_read"].holds
    assert found["one_route"].holds
    assert found["every_rule_reached"].holds, found["every_rule_reached"].findings
    # It says nothing about harm, so there is nothing to judge.
    assert not found["red_flags_reach_the_hub"].judged


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@QUICK
@given(st.dictionaries(st.sampled_from(["key", "title", "triage", "sections"]), json_values), json_values)
def test_whatever_is_to_be_proved_something_is_told(form: dict[str, Any], thresholds: Any) -> None:
    proof = verify(form, thresholds if isinstance(thresholds, dict) else {"rules": thresholds}, ("en", "cy"))
    assert not proof.holds
    assert [found.name for found in proof.properties] == list(PROPERTIES)
    json.dumps(proof.document())


@QUICK
@given(st.sampled_from(["rules", "overrides", "always", "values", "conditions", "safety", "topic_rules"]), json_values)
def test_rules_with_any_part_spoilt_are_told_about(part: str, value: Any) -> None:
    form, thresholds = third_model.form(), copy.deepcopy(third_model.thresholds())
    thresholds[part] = value
    json.dumps(verify(form, thresholds, ("en",)).document())
