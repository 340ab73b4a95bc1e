"""Rules that do not yet cover every answer, and what a rule set says for its proof: the hub, exceptions, names."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.forms.mistakes import SchemaMistakes, at
from portal.forms.rules import evaluate, parse_thresholds
from portal.forms.schema import parse_form
from portal.forms.thresholds import Exempt, Safety
from tests.forms import third_model
from tests.forms.every_type import say

FORM = parse_form(third_model.form())
NOW = datetime(2026, 11, 26, tzinfo=UTC)
Document = dict[str, Any]


def rules(change: Callable[[Document], object]) -> Document:
    document = copy.deepcopy(third_model.thresholds())
    change(document)
    return document


def refused(change: Callable[[Document], object], *, whole: bool = True) -> list[str]:
    with pytest.raises(SchemaMistakes) as found:
        parse_thresholds(rules(change), FORM, whole=whole)
    return [f"{at(one.path)}: {one.message}" for one in found.value.mistakes]


def without_last(document: Document) -> None:
    document["rules"].pop()


def ranked(document: Document) -> list[str]:
    return sorted(document["routes"], key=lambda key: int(document["routes"][key]["rank"]), reverse=True)


def test_rules_that_do_not_cover_every_answer_are_for_drafts_only() -> None:
    assert any("the last rule must be" in line for line in refused(without_last))
    draft = parse_thresholds(rules(without_last), FORM, whole=False)
    for thresholds in (draft, parse_thresholds(rules(lambda d: d["rules"].clear()), FORM, whole=False)):
        outcome = evaluate(thresholds, {}, NOW)
        assert (outcome.route, outcome.rule, outcome.attention) == (ranked(third_model.thresholds())[1], "", True)


def test_the_hub_takes_what_no_rule_decides() -> None:
    hub = ranked(third_model.thresholds())[-1]

    def change(document: Document) -> None:
        document["rules"].clear()
        document["safety"] = {"hub": hub}

    thresholds = parse_thresholds(rules(change), FORM, whole=False)
    assert thresholds.safety == Safety(hub)
    assert evaluate(thresholds, {}, NOW).route == hub


def test_exceptions_and_names_are_read() -> None:
    document = third_model.thresholds()
    rule, hub = document["rules"][0]["id"], ranked(document)[0]
    name = next(iter({**document.get("values", {}), **document.get("conditions", {})}))
    exempt = {"rule": rule, "properties": ["worse_never_lowers"], "reason": say("An adult")}

    def change(changed: Document) -> None:
        changed["safety"] = {"hub": hub, "exceptions": [exempt]}
        changed["names"] = {name: say("the score")}

    thresholds = parse_thresholds(rules(change), FORM, ("en",))
    assert thresholds.safety == Safety(hub, (Exempt(rule, ("worse_never_lowers",), say("An adult")),))
    assert thresholds.names == {name: say("the score")}


@pytest.mark.parametrize(
    ("safety", "told"),
    [
        ({}, "safety: hub is missing"),
        ({"hub": "MOON"}, "safety.hub: unknown route MOON"),
        ({"exceptions": [{"rule": "x", "properties": ["luck"], "reason": say("r")}]}, "unknown property luck"),
        ({"exceptions": [{"rule": "nobody", "properties": [], "reason": say("r")}]}, "unknown rule nobody"),
        ({"exceptions": [{"rule": "nobody", "properties": ["override_open"]}]}, "reason is missing"),
        ({"exceptions": [{}] * 30}, "expected between 0 and 20"),
        ([], "safety: expected keys and values"),
    ],
)
def test_mistakes_in_what_a_proof_needs_are_told(safety: Any, told: str) -> None:
    found = refused(lambda document: document.update(safety=safety))
    assert any(told in line for line in found), found


def test_a_name_belongs_to_a_value_or_a_condition() -> None:
    assert any("neither a value nor" in line for line in refused(lambda d: d.update(names={"luck": say("luck")})))
