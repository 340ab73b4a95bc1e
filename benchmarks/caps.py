"""`python -m benchmarks.caps`: one evaluation of the largest rules that the readers take, as a ratio to a plain loop.

No council has such rules, and no proof of them would end. Whatever is published costs less.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from benchmarks.rules import microseconds
from portal.forms.choice_reading import MOST_OPTIONS
from portal.forms.commands.drafting import MOST_BYTES
from portal.forms.conditions import MOST_NODES
from portal.forms.mistakes import SchemaMistakes
from portal.forms.question_reading import MOST_QUESTIONS
from portal.forms.rules import Thresholds, evaluate, parse_thresholds
from portal.forms.schema import parse_form
from portal.forms.threshold_reading import MOST_RULES
from tests.forms.generated import ADVICE, HUB, options, question, rule, thresholds
from tests.forms.third_model import text

WITHIN: Final = 50.0
"""Milliseconds that any published configuration may take."""
HEAD = f"{'every part of a condition is':<30} {'parts':>7} {'ms':>8} {'loop ms':>8} {'ratio (range)':>20}  in time"
MANY = [f"o{number}" for number in range(MOST_OPTIONS - 1)]
ALL: Final = {"many": MANY, "kinds": dict.fromkeys(MANY, 3)}
Document = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """One kind of part, never met by the answers, and what a loop by hand asks in its place."""

    name: str
    part: Document
    by_hand: Callable[[Mapping[str, Any]], bool]


SHAPES = (
    Shape("an answer is", {"answer": "q0", "is": "b"}, lambda answers: answers["q0"] == "b"),
    Shape("one of many is chosen", {"answer": "many", "has": "none"}, lambda answers: "none" in answers["chosen"]),
    Shape(
        "so many are chosen",
        {"count": {"answer": "many"}, "at_least": MOST_OPTIONS},
        lambda answers: len(answers["chosen"]) >= MOST_OPTIONS,
    ),
    Shape(
        "so many are at a level",
        {"count": {"answer": "kinds", "level_at_least": 4}, "at_least": 1},
        lambda answers: answers["at_4"] >= 1,
    ),
)


@dataclass(frozen=True)
class Subject:
    """Rules and the condition of each question, filled with one kind of part up to the caps."""

    thresholds: Thresholds
    shape: Shape
    each: int
    conditions: int

    @property
    def parts(self) -> int:
        """How many parts one evaluation asks."""
        return self.each * (MOST_RULES - 1 + self.conditions)

    def by_hand(self, answers: Mapping[str, Any]) -> tuple[int, int]:
        """What the rules and the questions ask, in two plain loops."""
        met = self.shape.by_hand
        rules = sum(any(met(answers) for _ in range(self.each)) for _ in range(MOST_RULES - 1))
        shown = sum(any(met(answers) for _ in range(self.each)) for _ in range(self.conditions))
        return rules, shown


def at_the_caps(shape: Shape) -> Subject:
    """As many parts in each condition as the readers and the size of a draft let through."""
    least, most = 1, MOST_NODES - 2
    found = _read(shape, least)
    while least <= most:
        middle = (least + most) // 2
        try:
            found, least = _read(shape, middle), middle + 1
        except SchemaMistakes:
            most = middle - 1
    return found


def _read(shape: Shape, each: int) -> Subject:
    filled = {"any": [shape.part] * each}
    always = {"any": [*filled["any"], {"answer": "q0", "is": "a"}]}
    asked = [
        question("q0", "radios", options=options("a", "b")),
        question("many", "checkboxes", options=options(*MANY, "none")),
        question("kinds", "levels", options=options(*MANY), levels=[{"value": n, "label": text("L")} for n in (3, 4)]),
    ]
    asked += [question(f"q{number}", "yes_no", show_when=always) for number in range(1, MOST_QUESTIONS - len(asked))]
    step = 10
    pages = [
        {"key": f"p{start}", "title": text("Page"), "questions": asked[start : start + step]}
        for start in range(0, len(asked), step)
    ]
    more = [{"key": "more", "title": text("More"), "questions": [question("more", "text")]}]
    form = {"key": "concern", "title": text("Form"), "triage": {"pages": pages}, "sections": more}
    rules = [rule(f"R{number}", filled, HUB) for number in range(MOST_RULES - 1)]
    document = thresholds([*rules, rule("last", {"always": True}, ADVICE)])
    if len(json.dumps([form, document])) > MOST_BYTES:
        raise SchemaMistakes([])
    return Subject(parse_thresholds(document, parse_form(form)), shape, each, len(asked) - 3)


def line(subject: Subject, reps: int, calls: int) -> str:
    """Medians over the repetitions; the ratio is taken within each."""
    answers: dict[str, Any] = {"q0": "a", **ALL} | {f"q{number}": "yes" for number in range(1, MOST_QUESTIONS)}
    ready = {**answers, "chosen": set(MANY), "at_4": 0}
    now = datetime.now(UTC)
    assert evaluate(subject.thresholds, answers, now).rule == "last"
    data, hand = [], []
    for _ in range(reps):
        data.append(microseconds(partial(evaluate, subject.thresholds, answers, now), calls) / 1000)
        hand.append(microseconds(partial(subject.by_hand, ready), calls) / 1000)
    ratios = sorted(one / other for one, other in zip(data, hand, strict=True))
    told = f"{statistics.median(ratios):.1f} x ({ratios[0]:.1f}-{ratios[-1]:.1f})"
    middle = statistics.median(data)
    verdict = "yes" if middle < WITHIN else "no"
    loop = statistics.median(hand)
    return f"{subject.shape.name:<30} {subject.parts:>7} {middle:>8.1f} {loop:>8.1f} {told:>20}  {verdict}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each kind of part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.caps", description=__doc__)
    parser.add_argument("--reps", type=int, default=7, help="repetitions (7)")
    parser.add_argument("--calls", type=int, default=5, help="calls in each repetition (5)")
    asked = parser.parse_args(argv)
    print(HEAD)
    print("-" * len(HEAD))
    for shape in SHAPES:
        print(line(at_the_caps(shape), asked.reps, asked.calls))
    return 0


if __name__ == "__main__":
    sys.exit(main())
