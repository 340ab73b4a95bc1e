"""One complete set of answers as the solver sees it: the path it opens, the rules that hold, where it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import z3

from portal.forms.questionnaire import Question
from portal.forms.verify.answering import FALSE, TRUE, Bool, Given, Int, Raw, all_of, any_of, raw
from portal.forms.verify.symbols import Meaning

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A triage question with its conditions as documents; `tests` must all hold for it to be shown."""

    question: Question
    tests: tuple[Document, ...]
    required: bool | Document
    document: Document


@dataclass(frozen=True)
class Rules:
    """What a proof is about: the triage questions in order, and the thresholds' document."""

    asked: tuple[Asked, ...]
    thresholds: Document
    ranks: Mapping[str, int]
    hub: str

    @property
    def rules(self) -> Sequence[Document]:
        """The rules in order."""
        found: Sequence[Document] = self.thresholds["rules"]
        return found

    @property
    def overrides(self) -> Sequence[Document]:
        """The ways up."""
        found: Sequence[Document] = self.thresholds.get("overrides") or ()
        return found

    @property
    def hub_rank(self) -> int:
        """How urgent the hub's route is."""
        return self.ranks[self.hub]

    def questions(self) -> dict[str, Asked]:
        """The triage questions by key."""
        return {one.question.key: one for one in self.asked}


@dataclass
class Case:
    """One set of answers: `raws` are the variables; cases that share them have the same answers where both ask."""

    rules: Rules
    raws: Mapping[str, Raw]
    answers: dict[str, Given] = field(default_factory=dict)
    complete: list[Bool] = field(default_factory=list)
    shown: dict[str, Bool] = field(default_factory=dict)
    meaning: Meaning = field(init=False)

    def __post_init__(self) -> None:
        document = self.rules.thresholds
        self.meaning = Meaning(self.answers, document.get("values") or {}, document.get("conditions") or {})
        for asked in self.rules.asked:
            # A condition may speak of earlier questions only: values and named conditions are for the rules.
            early = Meaning(self.answers)
            # Simplified, so that two cases that open the same path have the same formula for it.
            shown = z3.simplify(all_of(early.condition(test) for test in asked.tests))
            must = (
                early.condition(asked.required) if isinstance(asked.required, Mapping) else z3.BoolVal(asked.required)
            )
            here = self.raws[asked.question.key]
            self.shown[asked.question.key] = shown
            self.answers[asked.question.key] = Given(here, shown)
            self.complete.append(z3.Implies(z3.And(shown, must), here.given()))

    @cached_property
    def possible(self) -> Bool:
        """Whether the answers are ones that the pages let through, with everything answered that must be."""
        return all_of([*self.complete, *(rule for one in self.raws.values() for rule in one.allowed())])

    @cached_property
    def when(self) -> list[Bool]:
        """Each rule's condition, in order."""
        return [self.meaning.condition(rule["when"]) for rule in self.rules.rules]

    @cached_property
    def fires(self) -> list[Bool]:
        """Whether each rule is the one that decides: it holds, and none before it does."""
        found, before = [], FALSE
        for test in self.when:
            found.append(z3.And(test, z3.Not(before)))
            before = z3.Or(before, test)
        return found

    @cached_property
    def rank(self) -> Int:
        """How urgent the route is that the rules choose; 0 when no rule holds."""
        value: Int = z3.IntVal(0)
        for rule, test in reversed(list(zip(self.rules.rules, self.when, strict=True))):
            value = z3.If(test, self.rules.ranks[rule["route"]], value)
        return value

    def decides(self, rule_ids: frozenset[str]) -> Bool:
        """Whether one of these rules is the one that decides."""
        pairs = zip(self.rules.rules, self.fires, strict=True)
        return any_of(test for rule, test in pairs if rule["id"] in rule_ids)

    def opens(self, way: Document) -> Bool:
        """Whether a way up is open from the rule that decides, and taken by somebody who disagrees."""
        told = {**self.answers, self.rules.thresholds["override_answer"]: _yes()}
        meaning = Meaning(told, self.meaning.values, self.meaning.conditions)
        pairs = zip(self.rules.rules, self.fires, strict=True)
        but_not = way.get("except") or ()
        opened = any_of(test for rule, test in pairs if rule["route"] in way["from"] and rule["id"] not in but_not)
        return z3.And(opened, meaning.condition(way["when"]))

    def raised(self) -> Bool:
        """Whether "I disagree" is open and leads at least to the hub."""
        found, before = [], FALSE
        for way in self.rules.overrides:
            applies = self.opens(way)
            high = z3.BoolVal(self.rules.ranks[way["route"]] >= self.rules.hub_rank)
            found.append(z3.And(applies, z3.Not(before), high))
            before = z3.Or(before, applies)
        return any_of(found)


def _yes() -> Given:
    """The answer "yes" to "I disagree"."""
    made = raw(Question("override", "yes_no", {}))
    made.options = {"yes": TRUE, "no": FALSE}
    return Given(made, TRUE)


def fresh(rules: Rules, mark: str = "", only: str = "", shared: Mapping[str, Raw] | None = None) -> dict[str, Raw]:
    """Variables for every triage question; with `only`, new ones for that question and the `shared` ones else."""
    if shared is not None:
        changed = rules.questions()[only].question
        return {**shared, only: raw(changed, mark)}
    return {one.question.key: raw(one.question, mark) for one in rules.asked}


def mentioned(node: Any) -> frozenset[str]:
    """Every question that a document's conditions and values speak of."""
    found: set[str] = set()
    if isinstance(node, Mapping):
        found.update(
            str(node[name]) for name in ("answer", "years_since", "days_since") if isinstance(node.get(name), str)
        )
        for part in node.values():
            found |= mentioned(part)
    elif isinstance(node, list | tuple):
        for part in node:
            found |= mentioned(part)
    return frozenset(found)
