"""Runs worked examples through councils' rules and says, line by line, where the result is not the one expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.forms.mistakes import shown
from portal.forms.questionnaire import Form
from portal.forms.rules import Outcome, Thresholds, evaluate

Councils = Mapping[str, tuple[Form, Thresholds]]
SINGLE = ("route", "rule", "level")
SETS = ("notices", "topics")


class NotScenarios(ValueError):
    """Raised when a document is not a file of scenarios; says what was expected."""


@dataclass(frozen=True)
class Result:
    """One scenario run: its id and council as given, and each difference in words; none means it passed."""

    id: str
    council: str
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether everything expected came out."""
        return not self.differences


@dataclass(frozen=True)
class Report:
    """Every scenario run, in order."""

    results: tuple[Result, ...]

    @property
    def passed(self) -> int:
        """Return how many scenarios passed."""
        return sum(result.passed for result in self.results)

    @property
    def failed(self) -> int:
        """Return how many scenarios failed."""
        return len(self.results) - self.passed

    @property
    def lines(self) -> tuple[str, ...]:
        """Return a line for each difference and, last, `N passed, N failed`."""
        told = [
            f"{result.id} ({result.council}): {difference}"
            for result in self.results
            for difference in result.differences
        ]
        return (*told, f"{self.passed} passed, {self.failed} failed")


def scenarios_in(document: object) -> list[object]:
    """Return the scenarios of a file: a list, or a mapping with `vignettes` or `scenarios`; raises NotScenarios."""
    if isinstance(document, Mapping):
        document = document.get("vignettes", document.get("scenarios"))
    if not isinstance(document, list):
        raise NotScenarios("expected a list of scenarios, or a mapping with the list under `vignettes`")
    return document


def run(scenarios: Sequence[object], councils: Councils, now: datetime) -> Report:
    """Evaluate each scenario with its own council's rules; what is wrong with a scenario is its failure."""
    return Report(tuple(_run_one(scenario, place, councils, now) for place, scenario in enumerate(scenarios, 1)))


def _run_one(scenario: object, place: int, councils: Councils, now: datetime) -> Result:
    if not isinstance(scenario, Mapping):
        return Result(f"scenario {place}", "?", (f"expected a mapping, found {shown(scenario)}",))
    given_id, council = scenario.get("id"), scenario.get("tenant", scenario.get("council"))
    name = given_id if isinstance(given_id, str) and given_id else f"scenario {place}"
    if not isinstance(council, str) or council not in councils:
        return Result(name, str(council)[:60], (f"unknown council {shown(council)}",))
    answers, expected = scenario.get("answers"), scenario.get("expected")
    malformed = _malformed(answers, expected)
    if malformed or not isinstance(answers, Mapping) or not isinstance(expected, Mapping):
        return Result(name, council, malformed)
    _, thresholds = councils[council]
    return Result(name, council, tuple(_differences(expected, evaluate(thresholds, answers, now))))


def _malformed(answers: object, expected: object) -> tuple[str, ...]:
    told = []
    if not isinstance(answers, Mapping):
        told.append(f"answers: expected a mapping, found {shown(answers)}")
    if not isinstance(expected, Mapping):
        told.append(f"expected: expected a mapping, found {shown(expected)}")
        return tuple(told)
    known = (*SINGLE, *SETS)
    told += [f"expected: unknown key {shown(key)}; known: {', '.join(known)}" for key in expected if key not in known]
    for key in SETS:
        items = expected.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            told.append(f"expected.{key}: expected a list of names")
    return tuple(told)


def _differences(expected: Mapping[str, object], outcome: Outcome) -> list[str]:
    found: dict[str, object] = {key: getattr(outcome, key) for key in (*SINGLE, *SETS)}
    told = [
        f"{key}: expected {shown(expected[key])}, found {shown(found[key])}"
        for key in SINGLE
        if key in expected and not _same(expected[key], found[key])
    ]
    for key in SETS:
        wanted, given = _names(expected.get(key, found[key])), _names(found[key])
        if wanted - given:
            told.append(f"{key}: missing {', '.join(sorted(wanted - given))}")
        if given - wanted:
            told.append(f"{key}: not expected {', '.join(sorted(given - wanted))}")
    return told


def _same(wanted: object, given: object) -> bool:
    return type(wanted) is type(given) and wanted == given


def _names(items: object) -> set[str]:
    return {str(item) for item in items} if isinstance(items, list | tuple) else set()
