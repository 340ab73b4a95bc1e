"""Every possible answer to a question as variables of the solver, with what its page would let through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from portal.forms.facts import as_number
from portal.forms.questionnaire import NOT_KNOWN, Question

Bool = Any
Int = Any
"""z3 ships no types."""

UNBORN = "unborn"
OLDEST, LONGEST_DAYS = 130, 60_000
WIDEST = 1_000_000
CHOICE = frozenset({"radios", "select", "search", "yes_no"})
SEVERAL = frozenset({"checkboxes", "levels"})
NUMBERS = frozenset({"number", "age"})
TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)


def any_of(parts: Iterable[Bool]) -> Bool:
    """Whether one of them holds; false when there is none."""
    return z3.Or([FALSE, *parts])


def all_of(parts: Iterable[Bool]) -> Bool:
    """Whether all of them hold; true when there is none."""
    return z3.And([TRUE, *parts])


def how_many(parts: Iterable[Bool]) -> Int:
    """How many of them hold."""
    return z3.Sum([z3.IntVal(0), *(z3.If(part, 1, 0) for part in parts)])


@dataclass
class Raw:
    """One question's answer as typed, before it is known whether the question is shown at all.

    `options` has a variable for each option (and for "not known" and "unborn"); `levels` one for each category and
    level; `number` with `has_number` for numbers, ages and the days since a date; `typed` for any other answer.
    """

    question: Question
    options: dict[str, Bool] = field(default_factory=dict)
    levels: dict[str, dict[int, Bool]] = field(default_factory=dict)
    number: Int = None
    years: Int = None
    has_number: Bool = FALSE
    typed: Bool = FALSE
    words: dict[str, Bool] = field(default_factory=dict)
    mark: str = ""

    def given(self) -> Bool:
        """Whether anything is answered."""
        chosen = any_of(level for levels in self.levels.values() for level in levels.values())
        return any_of([*self.options.values(), chosen, self.has_number, self.typed])

    def word(self, text: str) -> Bool:
        """Whether a text answer is exactly that text."""
        if text not in self.words:
            self.words[text] = z3.Bool(f"{self.question.key}{self.mark}={text}")
        return self.words[text]

    def allowed(self) -> list[Bool]:
        """What the question's page lets through; to be asked for when every word has been seen."""
        rules: list[Bool] = []
        alone = self._alone()
        if self.question.type in SEVERAL:
            others = [var for name, var in self.options.items() if name not in alone]
            others += [level for levels in self.levels.values() for level in levels.values()]
            rules += [z3.Implies(self.options[name], z3.Not(any_of(others))) for name in alone]
            rules.append(z3.AtMost(*[self.options[name] for name in alone], 1) if len(alone) > 1 else TRUE)
        else:
            exclusive = [*self.options.values(), self.has_number, self.typed]
            rules.append(z3.AtMost(*exclusive, 1))
        rules += [z3.AtMost(*levels.values(), 1) for levels in self.levels.values() if len(levels) > 1]
        if self.words:
            rules += [z3.Implies(word, self.typed) for word in self.words.values()]
            rules.append(z3.AtMost(*self.words.values(), 1))
        if self.number is not None:
            rules += self._bounds()
        return rules

    def _alone(self) -> list[str]:
        exclusive = {option.value for option in self.question.options if option.exclusive}
        return [name for name in self.options if name in exclusive or name == NOT_KNOWN]

    def _bounds(self) -> list[Bool]:
        if self.question.type == "date":
            # A year has 365 or 366 days: wide enough for every date, so nothing possible is left out.
            past = z3.And(365 * self.years <= self.number, self.number < 366 * (self.years + 1))
            future = z3.And(366 * self.years <= self.number, self.number < 365 * (self.years + 1) + 1)
            return [
                self.number >= -LONGEST_DAYS,
                self.number <= LONGEST_DAYS,
                z3.If(self.years >= 0, past, future),
            ]
        least = self.question.min if self.question.min is not None else (0 if self.question.type == "age" else -WIDEST)
        most = (
            self.question.max if self.question.max is not None else (OLDEST if self.question.type == "age" else WIDEST)
        )
        return [self.number >= least, self.number <= most]


def raw(question: Question, mark: str = "") -> Raw:
    """Fresh variables for one question; another `mark` makes other variables for the same question."""
    name = question.key + mark
    made = Raw(question, mark=mark)
    if question.type in {*CHOICE, "checkboxes"}:
        made.options = {option: z3.Bool(f"{name}:{option}") for option in _values(question)}
    elif question.type == "levels":
        made.levels = {
            option.value: {level.value: z3.Bool(f"{name}:{option.value}:{level.value}") for level in question.levels}
            for option in question.options
        }
    elif question.type in NUMBERS or question.type == "date":
        made.number, made.has_number = z3.Int(f"{name}#"), z3.Bool(f"{name}!")
        made.years = z3.Int(f"{name}#years") if question.type == "date" else None
        # A partial or estimated date is an answer, and no number of days.
        made.typed = z3.Bool(f"{name}?") if question.type == "date" else FALSE
        if question.type == "age":
            made.options[UNBORN] = z3.Bool(f"{name}:{UNBORN}")
    else:
        made.typed = z3.Bool(f"{name}?")
    if question.not_known and NOT_KNOWN not in made.options:
        made.options[NOT_KNOWN] = z3.Bool(f"{name}:{NOT_KNOWN}")
    return made


def fixed(question: Question, option: str) -> Raw:
    """One question with that option chosen and nothing else."""
    made = raw(question)
    made.options = {name: z3.BoolVal(name == option) for name in made.options}
    return made


def _values(question: Question) -> list[str]:
    if question.type == "yes_no":
        return ["yes", "no"]
    return [option.value for option in question.options]


@dataclass(frozen=True)
class Given:
    """One question's answer as the rules see it: what was typed, if the question is shown."""

    raw: Raw
    shown: Bool

    @property
    def type(self) -> str:
        """The question's type."""
        return self.raw.question.type

    def answered(self) -> Bool:
        """Whether it is shown and something is answered."""
        return z3.And(self.shown, self.raw.given())

    def chosen(self, option: str) -> Bool:
        """Whether an option, or a category of `levels`, is chosen."""
        if option in self.raw.options:
            return z3.And(self.shown, self.raw.options[option])
        return z3.And(self.shown, any_of(self.raw.levels.get(option, {}).values()))

    def nothing(self, exclusive: Iterable[str]) -> Bool:
        """Whether it is empty as a condition means it: an exclusive "none of these" of checkboxes is nothing."""
        if self.type != "checkboxes":
            return z3.Not(self.answered())
        left_out = set(exclusive)
        return z3.Not(any_of(self.chosen(option) for option in self.raw.options if option not in left_out))

    def is_text(self, text: str) -> Bool:
        """Whether the answer, read as text, is exactly that."""
        if self.type in SEVERAL and text != NOT_KNOWN:
            return FALSE
        if text in self.raw.options:
            return FALSE if self.type == "checkboxes" else z3.And(self.shown, self.raw.options[text])
        if self.type in NUMBERS:
            whole = as_number(text)
            if whole is None or str(whole) != text:
                return FALSE
            return z3.And(self.shown, self.raw.has_number, self.raw.number == whole)
        if self.type in CHOICE:
            return FALSE
        return z3.And(self.shown, self.raw.word(text))

    def compares(self, bound: int, *, below: bool) -> Bool:
        """Whether the answer is a number at or above the bound, or below it."""
        if self.type in NUMBERS:
            here = self.raw.number < bound if below else self.raw.number >= bound
            return z3.And(self.shown, self.raw.has_number, here)
        if self.type in CHOICE:
            fitting = [
                option
                for option in self.raw.options
                if (whole := as_number(option)) is not None and ((whole < bound) if below else (whole >= bound))
            ]
            return any_of(self.chosen(option) for option in fitting)
        return FALSE

    def at_levels(self, category: str, least: int, most: int) -> Bool:
        """Whether a category is chosen at a level between two."""
        levels = self.raw.levels.get(category, {})
        return z3.And(self.shown, any_of(var for level, var in levels.items() if least <= level <= most))


Answers = Mapping[str, Given]
