"""`python -m benchmarks.rules`: what a council's rules cost for one report, and what their proof costs, as ratios."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from portal.forms.folder import load
from portal.forms.rules import Thresholds, evaluate, parse_thresholds
from portal.forms.schema import parse_form
from portal.forms.verify.proving import verify
from tests.forms.generated import large
from tests.forms.large_model import decide
from tests.forms.reference_models import model_a, model_b

COUNCILS = Path(__file__).resolve().parents[1] / "config" / "councils"
HEAD = f"{'rules':<22} {'asked':>6} {'rules':>6} {'µs a call':>10} {'by hand µs':>11} {'ratio (range)':>20}"
PROOF = f"{'proof':<22} {'asked':>6} {'rules':>6} {'seconds':>10} {'evaluations in that time':>26}"
ByHand = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Subject:
    """One rule set, answers to try it on, and the same rules written by hand in Python."""

    name: str
    form: Mapping[str, Any]
    document: Mapping[str, Any]
    thresholds: Thresholds
    answers: list[dict[str, Any]]
    by_hand: ByHand

    @property
    def asked(self) -> int:
        """How many triage questions there are."""
        return len(self.thresholds.asked)


def subjects() -> list[Subject]:
    """Both councils with their scenarios, and a form of 60 questions with 40 rules."""
    found = []
    for slug, by_hand in (("avonmere", model_b), ("glan-yr-afon", model_a)):
        folder = load(COUNCILS / slug)
        answers = [dict(one["answers"]) for one in folder.scenarios]
        found.append(
            Subject(slug, folder.form_document, folder.thresholds_document, folder.thresholds, answers, by_hand)
        )
    form, document = large()
    thresholds = parse_thresholds(document, parse_form(form))
    found.append(Subject("60 questions", form, document, thresholds, _calm_and_worse(form), decide))
    return found


def _calm_and_worse(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Twenty sets of answers to the large form, each a little worse than the one before."""
    keys = [one["key"] for page in form["triage"]["pages"] for one in page["questions"]]
    calm: dict[str, Any] = {"danger": "no", "age": 9, "signs": ["none"], "doubts": ["none"], "when": "past"}
    calm |= {key: "0" for key in keys if key.startswith("part_")}
    calm |= {"kinds": {"kind_1": 1}, "adding": ["none"], "comforts": ["good_1"], "moves": 1, "tried": "no"}
    calm |= {"consent": "agreed", "words": "Nothing."}
    return [calm | {f"part_{number}": str(1 + number % 3) for number in range(2 * worse)} for worse in range(20)]


def microseconds(run: Callable[[], object], calls: int) -> float:
    """Processor time of one run, over so many."""
    start = time.process_time_ns()
    for _ in range(calls):
        run()
    return (time.process_time_ns() - start) / calls / 1000


def pair(subject: Subject, calls: int, now: datetime) -> tuple[float, float]:
    """Microseconds a report by the rules as data, and by hand, over the same answers in turn."""
    data, hand = [], []
    for answers in subject.answers:
        data.append(microseconds(partial(evaluate, subject.thresholds, answers, now), calls))
        hand.append(microseconds(partial(subject.by_hand, answers), calls))
    return statistics.mean(data), statistics.mean(hand)


def line(subject: Subject, reps: int, calls: int) -> tuple[str, float]:
    """One rule set: medians over the repetitions; the ratio is taken within each."""
    times = [pair(subject, calls, datetime.now(UTC)) for _ in range(reps)]
    data, hand = (statistics.median(column) for column in zip(*times, strict=True))
    ratios = sorted(one / other for one, other in times)
    told = f"{statistics.median(ratios):.1f} x ({ratios[0]:.1f}-{ratios[-1]:.1f})"
    count = len(subject.thresholds.rules)
    return f"{subject.name:<22} {subject.asked:>6} {count:>6} {data:>10.0f} {hand:>11.1f} {told:>20}", data


def proof_line(subject: Subject, reps: int, evaluation: float) -> str:
    """The whole proof of one rule set, in seconds of processor time and in evaluations of one report."""
    seconds = []
    for _ in range(reps):
        start = time.process_time()
        proof = verify(subject.form, subject.document)
        seconds.append(time.process_time() - start)
        assert proof.holds
    middle = statistics.median(seconds)
    count = len(subject.thresholds.rules)
    return f"{subject.name:<22} {subject.asked:>6} {count:>6} {middle:>10.2f} {middle * 1e6 / evaluation:>26.0f}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each rule set, then one for each proof."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__)
    parser.add_argument("--reps", type=int, default=7, help="repetitions (7)")
    parser.add_argument("--calls", type=int, default=100, help="calls of each set of answers in each repetition (100)")
    parser.add_argument("--proofs", type=int, default=3, help="repetitions of each proof (3)")
    asked = parser.parse_args(argv)
    print(HEAD)
    print("-" * len(HEAD))
    found, evaluations = subjects(), []
    for subject in found:
        told, evaluation = line(subject, asked.reps, asked.calls)
        evaluations.append(evaluation)
        print(told)
    print()
    print(PROOF)
    print("-" * len(PROOF))
    for subject, evaluation in zip(found, evaluations, strict=True):
        print(proof_line(subject, asked.proofs, evaluation))
    return 0


if __name__ == "__main__":
    sys.exit(main())
