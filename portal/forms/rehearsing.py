"""Runs the scenarios of a draft against its rules: what each led to, and where that is not what is expected. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.forms.mistakes import SchemaMistakes
from portal.forms.rules import Outcome, Thresholds, evaluate, parse_thresholds
from portal.forms.runners import Run
from portal.forms.scenarios import SETS, SINGLE
from portal.forms.schema import parse_form

EVERY = 50


@dataclass(frozen=True)
class Difference:
    """One thing that came out otherwise: a route, rule or level, or the names of `notices` or `topics`.

    `what` is route, rule, level, notices, topics, or `answers` when the scenario itself cannot be read. For sets,
    `expected` are the names that are missing and `found` those that nobody expects.
    """

    what: str
    expected: Any
    found: Any

    def document(self) -> dict[str, Any]:
        """The difference as JSON keeps it."""
        return {"what": self.what, "expected": self.expected, "found": self.found}


@dataclass(frozen=True)
class Rehearsed:
    """One scenario run: what its answers lead to (None when they cannot be read) and each difference."""

    id: str
    outcome: Outcome | None
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything expected came out."""
        return not self.differences

    def document(self) -> dict[str, Any]:
        """The result as a check keeps it."""
        return {
            "id": self.id,
            "route": self.outcome.route if self.outcome else "",
            "rule": self.outcome.rule if self.outcome else "",
            "differences": [one.document() for one in self.differences],
        }


def run(work: Run) -> dict[str, Any]:
    """Run the scenarios of a check and return its result; rules that cannot be read fail all of them."""
    scenarios = work.content.get("scenarios") or []
    try:
        form = parse_form(work.content["form"])
        thresholds = parse_thresholds(work.content["thresholds"], form)
    except SchemaMistakes as mistakes:
        return {"holds": False, "mistakes": len(mistakes.mistakes), "results": []}
    results: list[Rehearsed] = []
    for start in range(0, len(scenarios), EVERY):
        work.report(start, len(scenarios))
        results += rehearse(scenarios[start : start + EVERY], thresholds, work.now)
    return result_of(results)


def result_of(results: Sequence[Rehearsed]) -> dict[str, Any]:
    """The result of a check of these scenarios."""
    return {"holds": all(one.passed for one in results), "results": [one.document() for one in results]}


def rehearse(scenarios: Sequence[Any], thresholds: Thresholds, now: datetime) -> list[Rehearsed]:
    """Run each scenario; never raises, whatever they hold."""
    return [rehearse_one(one, thresholds, now) for one in scenarios]


def rehearse_one(scenario: Any, thresholds: Thresholds, now: datetime) -> Rehearsed:
    """Run one scenario. What it does not expect is not compared."""
    body = scenario if isinstance(scenario, Mapping) else {}
    name = str(body.get("id") or "")[:60]
    answers, expected = body.get("answers"), body.get("expected")
    if not isinstance(answers, Mapping) or not isinstance(expected, Mapping):
        return Rehearsed(name, None, (Difference("answers", None, None),))
    outcome = evaluate(thresholds, answers, now)
    return Rehearsed(name, outcome, (*_singles(expected, outcome), *_sets(expected, outcome)))


def _singles(expected: Mapping[str, Any], outcome: Outcome) -> list[Difference]:
    found = {key: getattr(outcome, key) for key in SINGLE}
    return [
        Difference(key, expected[key], found[key])
        for key in SINGLE
        if key in expected and (type(expected[key]) is not type(found[key]) or expected[key] != found[key])
    ]


def _sets(expected: Mapping[str, Any], outcome: Outcome) -> list[Difference]:
    told = []
    for key in SETS:
        if not isinstance(expected.get(key), list):
            continue
        wanted, given = {str(one) for one in expected[key]}, {str(one) for one in getattr(outcome, key)}
        if wanted != given:
            told.append(Difference(key, sorted(wanted - given), sorted(given - wanted)))
    return told
