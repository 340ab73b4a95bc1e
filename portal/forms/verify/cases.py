"""One complete set of answers as the solver sees it: the path it opens, the rules that hold, where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class Case:
    """One set of answers: `raws` are the variables; cases that share them have the same answers where both ask."""

    rules: Rules
    raws: Mapping[str, Raw]
    shown: Mapping[str, Bool]
    """Whether each question is asked."""
    complete: Sequence[Bool]
    """What says that everything is answered that must be."""
    when: Sequence[Bool]
    """Each rule's condition, in order."""
    fires: Sequence[Bool]
    """Whether each rule is the one that decides: it holds, and none before it does."""
    rank: Int
    """How urgent the route is that the rules choose; 0 when no rule holds."""
    others: Sequence[Any]
    """Everything else that the rules say of the answers: levels, notices, topics."""

    @cached_property
    def possible(self) -> Bool:
        """Whether the answers are ones that the pages let through, with everything answered that must be."""
        return all_of([*self.complete, *(rule for one in self.raws.values() for rule in one.allowed())])

    def given(self, key: str) -> Given:
        """The answer to a question."""
        return Given(self.raws[key], self.shown[key])

    def decides(self, rule_ids: frozenset[str]) -> Bool:
        """Whether one of these rules is the one that decides."""
        pairs = zip(self.rules.rules, self.fires, strict=True)
        return any_of(test for rule, test in pairs if rule["id"] in rule_ids)

    def otherwise(self, changed: Mapping[str, Raw], *, simplify: bool = False) -> Case:
        """The case with other variables for some questions.

        The formulas are made once and the variables exchanged in them: making them again costs far more than solving.
        """
        pairs = [pair for key, new in changed.items() for pair in _exchanged(self.raws[key], new)]
        parts = [list(self.shown.values()), self.complete, self.when, self.fires, [self.rank], self.others]
        packed = _pack([one for part in parts for one in part])
        packed = z3.substitute(packed, *pairs)
        found = iter((z3.simplify(packed) if simplify else packed).children())
        shown, complete, when, fires, rank, others = ([next(found) for _ in part] for part in parts)
        raws = {**self.raws, **changed}
        return Case(self.rules, raws, dict(zip(self.shown, shown, strict=True)), complete, when, fires, rank[0], others)


def _pack(parts: Sequence[Any]) -> Any:
    """Many formulas as the arguments of one, so that what they share is gone through once."""
    return z3.Function("pack", *(part.sort() for part in parts), z3.BoolSort())(*parts)


def _exchanged(old: Raw, new: Raw) -> Iterator[tuple[Any, Any]]:
    pairs = [(old.options[name], new.options[name]) for name in old.options]
    pairs += [(var, new.levels[name][level]) for name, levels in old.levels.items() for level, var in levels.items()]
    pairs += [(old.has_number, new.has_number), (old.typed, new.typed)]
    pairs += [(var, new.word(text)) for text, var in old.words.items()]
    pairs += [(old.number, new.number)] if old.number is not None else []
    pairs += [(old.years, new.years)] if old.years is not None else []
    return (pair for pair in pairs if z3.is_const(pair[0]) and not (z3.is_true(pair[0]) or z3.is_false(pair[0])))


@dataclass
class Formulas:
    """Every possible set of answers, as formulas over variables of its own; more of them are made when asked for."""

    rules: Rules
    raws: dict[str, Raw] = field(init=False)
    answers: dict[str, Given] = field(default_factory=dict)
    meaning: Meaning = field(init=False)

    def __post_init__(self) -> None:
        document = self.rules.thresholds
        self.raws = {one.question.key: raw(one.question) for one in self.rules.asked}
        self.meaning = Meaning(self.answers, document.get("values") or {}, document.get("conditions") or {})

    @cached_property
    def case(self) -> Case:
        """The case itself."""
        shown, complete = self._path()
        when = [self.meaning.condition(rule["when"]) for rule in self.rules.rules]
        fires, before = [], FALSE
        for test in when:
            fires.append(z3.And(test, z3.Not(before)))
            before = z3.Or(before, test)
        rank: Int = z3.IntVal(0)
        for rule, test in reversed(list(zip(self.rules.rules, when, strict=True))):
            rank = z3.If(test, self.rules.ranks[rule["route"]], rank)
        return Case(self.rules, self.raws, shown, complete, when, fires, rank, self._others(fires))

    def _path(self) -> tuple[dict[str, Bool], list[Bool]]:
        shown: dict[str, Bool] = {}
        complete: list[Bool] = []
        for asked in self.rules.asked:
            # A condition may speak of earlier questions only: values and named conditions are for the rules.
            early, key = Meaning(self.answers), asked.question.key
            shown[key] = all_of(early.condition(test) for test in asked.tests)
            needed = asked.required
            must = early.condition(needed) if isinstance(needed, Mapping) else z3.BoolVal(needed)
            self.answers[key] = Given(self.raws[key], shown[key])
            complete.append(z3.Implies(z3.And(shown[key], must), self.raws[key].given()))
        return shown, complete

    def _others(self, fires: Sequence[Bool]) -> list[Any]:
        found: list[Any] = []
        for rule, decides in zip(self.rules.rules, fires, strict=True):
            steps = rule["level"] if isinstance(rule.get("level"), list) else []
            lines = [line for line in (*(rule.get("notices") or ()), *steps) if isinstance(line, Mapping)]
            found += [z3.And(decides, self.meaning.condition(line["when"])) for line in lines if "when" in line]
            if isinstance(rule.get("level"), Mapping):
                found.append(z3.If(decides, self.meaning.derived(rule["level"]["value"]).value, -1))
        for line in (*(self.rules.thresholds.get("always") or ()), *(self.rules.thresholds.get("topic_rules") or ())):
            if isinstance(line, Mapping) and "when" in line:
                found.append(self.meaning.condition(line["when"]))
        return found

    def opens(self, way: Document) -> Bool:
        """Whether a way up is open from the rule that decides, and taken by somebody who disagrees."""
        told = {**self.answers, self.rules.thresholds["override_answer"]: _yes()}
        meaning = Meaning(told, self.meaning.values, self.meaning.conditions)
        pairs = zip(self.rules.rules, self.case.fires, strict=True)
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
