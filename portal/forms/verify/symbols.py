"""Conditions and derived values of the rule language as formulas of the solver: the same meaning as conditions.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from portal.forms.conditions import Asked
from portal.forms.verify.answering import FALSE, NUMBERS, TRUE, Answers, Bool, Given, Int, all_of, any_of, how_many

Node = Mapping[str, Any]
MOST = 1_000_000


@dataclass(frozen=True)
class Number:
    """A whole number that may be missing."""

    value: Int
    known: Bool = TRUE


@dataclass
class Meaning:
    """What conditions mean for some answers; derived values and named conditions are worked out once."""

    answers: Answers
    values: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    worked: dict[str, Number] = field(default_factory=dict)
    held: dict[str, Bool] = field(default_factory=dict)

    def condition(self, node: Node) -> Bool:
        """One condition, which the strict reader has accepted."""
        for form, read in CONDITIONS.items():
            if form in node:
                return read(self, node)
        raise ValueError("no such condition")

    def named(self, name: str) -> Bool:
        """A named condition."""
        if name not in self.held:
            self.held[name] = self.condition(self.conditions[name])
        return self.held[name]

    def derived(self, name: str) -> Number:
        """A derived value by name."""
        if name not in self.worked:
            self.worked[name] = self.value(self.values[name])
        return self.worked[name]

    def value(self, node: Any) -> Number:
        """One derived value, which the strict reader has accepted."""
        if isinstance(node, int):
            return Number(z3.IntVal(node))
        for form, read in VALUES.items():
            if form in node:
                return _capped(read(self, node), node)
        raise ValueError("no such value")

    def count(self, node: Node) -> Int:
        """`{answer, of?, level_at_least?, level_is?}`: how many options, or categories at a level, are chosen."""
        given = self.answers[node["answer"]]
        asked = given.raw.question.asked()
        counted = (set(node["of"]) if "of" in node else set(asked.options)) - asked.exclusive
        if given.type == "levels":
            least, most = node.get("level_at_least", 0), MOST
            if "level_is" in node:
                least = most = node["level_is"]
            return how_many(given.at_levels(name, least, most) for name in sorted(counted))
        return how_many(given.chosen(name) for name in sorted(counted))


def _answer(meaning: Meaning, node: Node) -> Bool:
    given = meaning.answers[node["answer"]]
    for form, read in ANSWERS.items():
        if form in node:
            return read(given, node[form], given.raw.question.asked())
    raise ValueError("no such comparison")


def _is(given: Given, wanted: Any, _asked: Asked) -> Bool:
    if isinstance(wanted, int):
        return z3.And(given.shown, given.raw.has_number, given.raw.number == wanted) if given.type in NUMBERS else FALSE
    return given.is_text(wanted)


def _empty(given: Given, wanted: bool, asked: Asked) -> Bool:
    nothing = given.nothing(asked.exclusive)
    return nothing if wanted else z3.Not(nothing)


ANSWERS: Mapping[str, Callable[[Given, Any, Asked], Bool]] = {
    "is": _is,
    "in": lambda given, wanted, _asked: any_of(given.is_text(text) for text in wanted),
    "not_in": lambda given, wanted, _asked: z3.Not(any_of(given.is_text(text) for text in wanted)),
    "at_least": lambda given, wanted, _asked: given.compares(wanted, below=False),
    "below": lambda given, wanted, _asked: given.compares(wanted, below=True),
    "has": lambda given, wanted, _asked: given.chosen(wanted),
    "has_any": lambda given, wanted, _asked: any_of(given.chosen(option) for option in wanted),
    "empty": _empty,
}


def _compared(number: Number, node: Node) -> Bool:
    if "at_least" in node:
        return z3.And(number.known, number.value >= node["at_least"])
    if "below" in node:
        return z3.And(number.known, number.value < node["below"])
    return z3.And(number.known, number.value == node["is"])


def _some_of(meaning: Meaning, node: Node) -> Bool:
    return how_many(meaning.condition(part) for part in node["of"]) >= node["at_least"]


# In the order of conditions.FORMS: a node with two forms is read by the first.
CONDITIONS: Mapping[str, Callable[[Meaning, Node], Bool]] = {
    "always": lambda _meaning, _node: TRUE,
    "all": lambda meaning, node: all_of(meaning.condition(part) for part in node["all"]),
    "any": lambda meaning, node: any_of(meaning.condition(part) for part in node["any"]),
    "not": lambda meaning, node: z3.Not(meaning.condition(node["not"])),
    "of": _some_of,
    "met": lambda meaning, node: meaning.named(node["met"]),
    "value": lambda meaning, node: _compared(meaning.derived(node["value"]), node),
    "count": lambda meaning, node: _compared(Number(meaning.count(node["count"])), node),
    "answer": _answer,
}


def _capped(number: Number, node: Node) -> Number:
    value = number.value
    if "no_more_than" in node:
        value = z3.If(value > node["no_more_than"], node["no_more_than"], value)
    if "no_less_than" in node:
        value = z3.If(value < node["no_less_than"], node["no_less_than"], value)
    return Number(value, number.known)


def _sum(meaning: Meaning, node: Node) -> Number:
    parts = [meaning.value(part) for part in node["sum"]]
    return Number(z3.Sum([z3.IntVal(0), *(_or_nothing(part) for part in parts)]))


def _or_nothing(part: Number) -> Int:
    return part.value if z3.is_true(part.known) else z3.If(part.known, part.value, 0)


def _extreme(form: str, *, highest: bool) -> Callable[[Meaning, Node], Number]:
    def read(meaning: Meaning, node: Node) -> Number:
        found: Number | None = None
        for part in map(meaning.value, node[form]):
            found = part if found is None else _further(found, part, highest=highest)
        return found or Number(z3.IntVal(0), FALSE)

    return read


def _further(one: Number, other: Number, *, highest: bool) -> Number:
    further = other.value > one.value if highest else other.value < one.value
    take_other = z3.And(other.known, z3.Or(z3.Not(one.known), further))
    return Number(z3.If(take_other, other.value, one.value), z3.Or(one.known, other.known))


def _if(meaning: Meaning, node: Node) -> Number:
    test = meaning.condition(node["if"])
    then, other = meaning.value(node["then"]), meaning.value(node.get("else", 0))
    return Number(z3.If(test, then.value, other.value), z3.If(test, then.known, other.known))


def _highest_level(meaning: Meaning, node: Node) -> Number:
    inner = node["highest_level"]
    given = meaning.answers[inner["answer"]]
    only = set(inner.get("of", given.raw.levels))
    found: Int = z3.IntVal(0)
    for level in sorted({level.value for level in given.raw.question.levels}):
        reached = any_of(given.at_levels(category, level, level) for category in sorted(only))
        found = z3.If(reached, level, found)
    return Number(found)


def _of_answer(meaning: Meaning, node: Node) -> Number:
    given = meaning.answers[node["answer"]]
    if "points" in node:
        return Number(_points(given, node["points"]))
    if given.type in NUMBERS:
        return Number(given.raw.number, z3.And(given.shown, given.raw.has_number))
    value: Int = z3.IntVal(0)
    known = []
    for option in given.raw.options:
        if option.lstrip("-").isdigit() and given.type != "checkboxes":
            value = z3.If(given.chosen(option), int(option), value)
            known.append(given.chosen(option))
    return Number(value, any_of(known))


def _points(given: Given, points: Mapping[str, int]) -> Int:
    if given.type in NUMBERS:
        return z3.Sum([z3.IntVal(0), *(z3.If(given.is_text(str(name)), worth, 0) for name, worth in points.items())])
    return z3.Sum([z3.IntVal(0), *(z3.If(given.chosen(str(name)), worth, 0) for name, worth in points.items())])


def _since(form: str) -> Callable[[Meaning, Node], Number]:
    def read(meaning: Meaning, node: Node) -> Number:
        given = meaning.answers[node[form]]
        number = given.raw.years if form == "years_since" else given.raw.number
        return Number(number, z3.And(given.shown, given.raw.has_number))

    return read


# In the order of values.FORMS.
VALUES: Mapping[str, Callable[[Meaning, Node], Number]] = {
    "sum": _sum,
    "highest": _extreme("highest", highest=True),
    "lowest": _extreme("lowest", highest=False),
    "how_many": lambda meaning, node: Number(how_many(meaning.condition(part) for part in node["how_many"])),
    "if": _if,
    "count": lambda meaning, node: Number(meaning.count(node["count"])),
    "highest_level": _highest_level,
    "value": lambda meaning, node: meaning.derived(node["value"]),
    "answer": _of_answer,
    "years_since": _since("years_since"),
    "days_since": _since("days_since"),
}
