"""The properties about one set of answers: a route always, every rule reached, flags at the hub, a way up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import z3

from portal.forms.facts import Facts
from portal.forms.rules import Outcome, Thresholds, evaluate
from portal.forms.verify.answering import Bool, any_of
from portal.forms.verify.cases import Asked, Case, Formulas, Rules, mentioned
from portal.forms.verify.findings import FLAGS, OVERRIDE, Finding
from portal.forms.verify.phrases import told
from portal.forms.verify.search import Found, calmest, possible, trying
from portal.kernel.language import Text

MOST_FINDINGS = 12
"""Failures told for one property: enough to see the pattern, few enough to read."""

Confirms = Callable[[Outcome, Outcome], bool]


@dataclass(frozen=True)
class Subject:
    """What is proved: the rules as formulas, and as the portal runs them, to try every counterexample for real."""

    rules: Rules
    thresholds: Thresholds
    now: datetime
    exceptions: dict[str, dict[str, Any]]
    """By property, the rules that are excepted from it with the reason."""

    @cached_property
    def formulas(self) -> Formulas:
        """What more can be said of the answers."""
        return Formulas(self.rules)

    @cached_property
    def case(self) -> Case:
        """Every possible set of answers; made once, because making formulas costs more than solving them."""
        return self.formulas.case

    @cached_property
    def opening(self) -> frozenset[str]:
        """The questions on whose answers the path through triage depends."""
        return mentioned([asked.tests for asked in self.rules.asked])

    def excepted(self, name: str) -> frozenset[str]:
        """The rules that are exceptions to a property."""
        return frozenset(self.exceptions.get(name, {}))

    def outcome(self, answers: Mapping[str, Any]) -> Outcome:
        """What the portal itself says of some answers."""
        return evaluate(self.thresholds, answers, self.now)

    def rank(self, outcome: Outcome) -> int:
        """How urgent a route is, as the portal itself has it; 0 when no rule holds."""
        return self.rules.ranks.get(outcome.route, 0) if outcome.rule else 0

    def is_low(self, outcome: Outcome, _after: Outcome) -> bool:
        """Whether the portal itself sends the report lower than the hub."""
        return self.rank(outcome) < self.rules.hub_rank

    def is_lowered(self, before: Outcome, after: Outcome) -> bool:
        """Whether the portal itself sends the report lower afterwards."""
        return self.rank(after) < self.rank(before)

    def holds(self, rule_id: str, answers: Mapping[str, Any]) -> Confirms:
        """Whether the portal itself says that the rule holds, and that another one decides."""
        facts = Facts(answers, self.now, self.thresholds.values, self.thresholds.conditions)
        held = any(rule.when(facts) for rule in self.thresholds.rules if rule.id == rule_id)
        return lambda outcome, _after: held and outcome.rule != rule_id

    def finding(
        self, found: Found, message: Text, places: Sequence[str], confirms: Confirms, changed: str = ""
    ) -> Finding:
        """A finding with the rules that fire, as the portal itself evaluates the answers.

        The formulas say what the rules mean; the portal says what they do. Where it does not confirm the failure the
        finding says so, and the property fails all the same.
        """
        before = self.outcome(found.answers)
        after = self.outcome(found.after) if found.after is not None else None
        return Finding(
            message=message if confirms(before, after or before) else told("disagrees"),
            places=tuple(places),
            answers=found.answers,
            matters=found.matters,
            route=before.route if before.rule else "",
            fires=_fires(before),
            changed=changed,
            after=found.after,
            after_route=after.route if after else "",
            after_fires=_fires(after) if after else (),
        )


def _fires(outcome: Outcome) -> tuple[str, ...]:
    return tuple(rule for rule in (outcome.rule, *outcome.also) if rule)


def one_route(subject: Subject) -> Iterator[Finding]:
    """Answers for which no rule holds. Two rules never both decide: the first that holds does."""
    case = subject.case
    found = calmest([case], z3.Not(any_of(case.when)), subject.now)
    if found is not None:
        yield subject.finding(found, told("no_route"), (), lambda outcome, _after: not outcome.rule)


def every_rule_reached(subject: Subject) -> Iterator[Finding]:
    """Rules that never hold, and rules that never decide because others always come first."""
    case = subject.case
    can = trying(case.possible)
    for rule, when, fires in zip(subject.rules.rules, case.when, case.fires, strict=True):
        place = (f"rule:{rule['id']}",)
        if can(fires):
            continue
        if not can(when):
            yield Finding(told("never_holds", rule=rule["id"]), place)
            continue
        found = calmest([case], when, subject.now)
        if found is not None:
            too = subject.holds(str(rule["id"]), found.answers)
            yield subject.finding(found, told("shadowed", rule=rule["id"]), place, too)
    opened = [subject.formulas.opens(way) for way in subject.rules.overrides]
    for number, (way, test) in enumerate(zip(subject.rules.overrides, opened, strict=True)):
        if not can(z3.And(test, z3.Not(any_of(opened[:number])))):
            yield Finding(told("never_opens", rule=way["id"]), (f"rule:{way['id']}",))


def red_flags(subject: Subject, *, excepting: bool = True) -> Iterator[Finding]:
    """Answers with a sign of serious harm that go lower than the hub.

    A sign that does so by itself says more than one that does so beside it: only if none does alone, pairs are told.
    """
    case = subject.case
    low = _low(subject, case, FLAGS if excepting else "")
    for asked in subject.rules.asked:
        given = case.given(asked.question.key)
        signs = [option.value for option in asked.question.options if asked.question.flags and not option.exclusive]
        if not possible(case.possible, low, any_of(given.chosen(sign) for sign in signs)):
            continue
        alone = list(_signs(subject, asked, signs, low, alone=True))
        yield from alone or _signs(subject, asked, signs, low, alone=False)


def _signs(subject: Subject, asked: Asked, signs: Sequence[str], low: Bool, *, alone: bool) -> Iterator[Finding]:
    key, given = asked.question.key, subject.case.given(asked.question.key)
    for sign in signs:
        others = any_of(given.chosen(other) for other in signs if alone and other != sign)
        found = calmest([subject.case], z3.And(low, given.chosen(sign), z3.Not(others)), subject.now)
        if found is not None:
            places = (f"question:{key}", f"option:{key}:{sign}")
            yield subject.finding(found, told("flag_low", label=_label(asked, sign)), places, subject.is_low)


def _label(asked: Asked, sign: str) -> Text:
    return next(option.label for option in asked.question.options if option.value == sign)


def override_open(subject: Subject, *, excepting: bool = True) -> Iterator[Finding]:
    """Answers that go lower than the hub although the referrer disagrees."""
    case = subject.case
    low = _low(subject, case, OVERRIDE if excepting else "")
    wrong = z3.And(low, z3.Not(subject.formulas.raised()))
    for rule, fires in zip(subject.rules.rules, case.fires, strict=True):
        if subject.rules.ranks[rule["route"]] < subject.rules.hub_rank:
            found = calmest([case], z3.And(wrong, fires), subject.now)
            if found is not None:
                place = (f"rule:{rule['id']}",)
                yield subject.finding(found, told("no_way_up", rule=rule["id"]), place, subject.is_low)


def _low(subject: Subject, case: Case, name: str) -> Bool:
    """Whether the route is below the hub, by a rule that is no exception to the property."""
    return z3.And(case.rank < subject.rules.hub_rank, z3.Not(case.decides(subject.excepted(name))))
