"""Finds the calmest answers that contradict a property, and the few of them that are enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import z3

from portal.forms.verify.answering import SEVERAL, Bool, Int, Raw, any_of, how_many
from portal.forms.verify.cases import Asked, Case

MILLISECONDS = 20_000
"""How long one question to the solver may take; the shipped rules need a few hundredths of a second."""
CALM_AGES = (5, 12)
Literal = tuple[Bool, str, Any]
"""A choice of the model: its formula, the question's key, and what was chosen."""


class TooHardError(Exception):
    """The solver gave up: the property is neither proved nor contradicted."""


def solver() -> Any:
    """A new solver with our limit of time."""
    # The plain core: the default solver's preprocessing pulls apart the sums that two cases share, and then
    # proves in minutes what this proves in a tenth of a second (benchmarks/proof.py).
    made = z3.SimpleSolver()
    made.set("timeout", MILLISECONDS)
    return made


def check(made: Any, *assumed: Bool) -> bool:
    """Whether there is a model; raises TooHardError when the solver cannot say."""
    answer = made.check(*assumed)
    if answer == z3.unknown:
        raise TooHardError(made.reason_unknown())
    return bool(answer == z3.sat)


def possible(*parts: Bool) -> bool:
    """Whether all of these can hold together."""
    made = solver()
    made.add(*parts)
    return check(made)


def trying(assumed: Bool) -> Callable[[Bool], bool]:
    """A function that tells whether something can hold together with what is assumed, which is read only once."""
    made = solver()
    made.add(assumed)

    def can(part: Bool) -> bool:
        made.push()
        made.add(part)
        answer = check(made)
        made.pop()
        return answer

    return can


@dataclass(frozen=True)
class Found:
    """Answers that a search found, as a report stores them, and those of the second case of a pair."""

    answers: dict[str, Any]
    after: dict[str, Any] | None
    matters: dict[str, Any]


def calmest(cases: Sequence[Case], wrong: Bool, now: datetime) -> Found | None:
    """The calmest complete answers for which `wrong` holds, or None when there are none.

    With two cases, `wrong` is about both; the second shares the first one's variables, except for what changes.
    """
    made = solver()
    made.add(*(case.possible for case in cases), wrong)
    if not check(made):
        return None
    model = made.model()
    worry = _worry(cases[0])
    while True:
        made.push()
        made.add(worry < model.eval(worry, model_completion=True))
        if not check(made):
            break
        model = made.model()
    stored = [_stored(case, model, now) for case in cases]
    matters = _enough(cases, wrong, model)
    return Found(stored[0], stored[1] if len(stored) > 1 else None, matters)


def _worry(case: Case) -> Int:
    """How many answers are not the calmest that their question offers."""
    return z3.Sum([z3.IntVal(0), *(_weight(one, case.raws[one.question.key]) for one in case.rules.asked)])


def _weight(asked: Asked, here: Raw) -> Int:
    severity = asked.document.get("severity")
    if here.levels:
        return z3.Sum([z3.If(var, level, 0) for levels in here.levels.values() for level, var in levels.items()])
    if asked.question.type == "checkboxes":
        alone = {option.value for option in asked.question.options if option.exclusive}
        return how_many(var for name, var in here.options.items() if name not in alone)
    if isinstance(severity, list) and severity:
        calm = severity[0] if isinstance(severity[0], list) else [severity[0]]
        return how_many(var for name, var in here.options.items() if name not in calm)
    if "no" in here.options:
        return how_many(var for name, var in here.options.items() if name != "no")
    if asked.question.type == "age":
        least, most = CALM_AGES
        return z3.If(z3.And(here.has_number, here.number >= least, here.number <= most), 0, 1)
    return z3.If(here.typed, 1, 0) if here.typed is not None else z3.IntVal(0)


def _stored(case: Case, model: Any, now: datetime) -> dict[str, Any]:
    """The case's answers in the model, as a report stores them: only those of questions on the path."""
    found: dict[str, Any] = {}
    for asked in case.rules.asked:
        key = asked.question.key
        if _true(model, case.shown[key]):
            value = _value(asked, case.raws[key], model, now)
            if value is not None:
                found[key] = value
    return found


def _true(model: Any, part: Bool) -> bool:
    return bool(z3.is_true(model.eval(part, model_completion=True)))


def _value(asked: Asked, here: Raw, model: Any, now: datetime) -> Any:
    chosen = [name for name, var in here.options.items() if _true(model, var)]
    if asked.question.type == "checkboxes":
        return chosen or None
    if chosen:
        return chosen[0]
    if here.levels:
        return _levels(here, model) or None
    if here.number is not None and _true(model, here.has_number):
        number = model.eval(here.number, model_completion=True).as_long()
        return (now.date() - timedelta(days=number)).isoformat() if asked.question.type == "date" else number
    if not _true(model, here.typed):
        return None
    told = [text for text, var in here.words.items() if _true(model, var)]
    return told[0] if told else "2020" if asked.question.type == "date" else "…"


def _levels(here: Raw, model: Any) -> dict[str, int]:
    return {
        category: level
        for category, levels in here.levels.items()
        for level, var in levels.items()
        if _true(model, var)
    }


def _enough(cases: Sequence[Case], wrong: Bool, model: Any) -> dict[str, Any]:
    """The answers that are enough by themselves, whatever else is answered: none of them can be left out."""
    literals = [literal for case in cases for literal in _literals(case, model)]
    marks = {f"choice {number}": literal for number, literal in enumerate(literals)}
    made = solver()
    made.add(*(case.possible for case in cases), z3.Not(wrong))
    for name, (formula, _key, _value) in marks.items():
        made.add(z3.Implies(z3.Bool(name), formula))
    if check(made, *map(z3.Bool, marks)):
        return {}  # it also hangs on what no single answer says, such as the day
    core = [str(one) for one in made.unsat_core()]
    # What was chosen is left out first: "and nothing else" is easier to read than one more answer.
    for name in sorted(core, key=lambda one: marks[one][2] is None):
        rest = [other for other in core if other != name]
        if name in core and not check(made, *map(z3.Bool, rest)):
            core = [str(one) for one in made.unsat_core()]
    return _gathered([marks[name] for name in core])


def _literals(case: Case, model: Any) -> list[Literal]:
    """Every choice in the model, on the path or not: what is not chosen counts too, as (formula, key, None)."""
    found: list[Literal] = []
    for asked in case.rules.asked:
        key, here = asked.question.key, case.raws[asked.question.key]
        if here.number is not None and _true(model, here.has_number):
            number = model.eval(here.number, model_completion=True)
            found.append((z3.And(here.has_number, here.number == number), key, number.as_long()))
            continue
        parts = _parts(here)
        chosen = [(var, value) for var, value in parts if _true(model, var)]
        if asked.question.type in SEVERAL or not chosen:
            found += [(z3.Not(var), key, None) for var, _value in parts if not _true(model, var)]
        found += [(var, key, value) for var, value in chosen]
    return found


def _parts(here: Raw) -> list[tuple[Bool, Any]]:
    """Everything that can be chosen or typed as an answer to one question."""
    parts: list[tuple[Bool, Any]] = list(zip(here.options.values(), here.options, strict=True))
    parts += [(var, (category, level)) for category, levels in here.levels.items() for level, var in levels.items()]
    parts += [(var, text) for text, var in here.words.items()]
    return [*parts, (here.has_number, None), (here.typed, "…")]


def _gathered(literals: Sequence[Literal]) -> dict[str, Any]:
    """What was chosen, by question; a question of which only "not chosen" matters has an empty list."""
    found: dict[str, list[Any]] = {}
    for _formula, key, value in literals:
        chosen = found.setdefault(key, [])
        if value is not None:
            chosen.append(list(value) if isinstance(value, tuple) else value)
    return dict(found)


def difference(raws: Mapping[str, Raw], others: Mapping[str, Raw], key: str) -> Bool:
    """Whether the answers to one question differ between two sets of variables."""
    one, other = raws[key], others[key]
    parts = [one.options[name] != other.options[name] for name in one.options]
    parts += [one.levels[name][level] != other.levels[name][level] for name in one.levels for level in one.levels[name]]
    if one.number is not None:
        parts.append(one.has_number != other.has_number)
        parts.append(z3.And(one.has_number, one.number != other.number))
    parts.append(one.typed != other.typed)
    parts += [one.words[text] != other.word(text) for text in list(one.words)]
    return any_of(parts)
