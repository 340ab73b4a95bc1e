"""`python -m benchmarks.rules`: how long a council's rules take for one report, in microseconds."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.forms.folder import load
from portal.forms.rules import Thresholds, evaluate

COUNCILS = Path(__file__).resolve().parents[1] / "config" / "councils"
HEAD = f"{'council':<16} {'rules':>6} {'scenarios':>10} {'µs a call':>10}  slowest scenario"


def microseconds(thresholds: Thresholds, answers: Mapping[str, Any], calls: int, now: datetime) -> float:
    """Processor time of one evaluation, over so many."""
    start = time.process_time_ns()
    for _ in range(calls):
        evaluate(thresholds, answers, now)
    return (time.process_time_ns() - start) / calls / 1000


def line(slug: str, reps: int, calls: int) -> str:
    """One council: the median over the repetitions of the mean over its scenarios, and its slowest one."""
    folder, now = load(COUNCILS / slug), datetime.now(UTC)
    by_scenario: dict[str, list[float]] = {str(one["id"]): [] for one in folder.scenarios}
    for _ in range(reps):
        for one in folder.scenarios:
            by_scenario[str(one["id"])].append(microseconds(folder.thresholds, one["answers"], calls, now))
    means = [statistics.mean(times) for times in zip(*by_scenario.values(), strict=True)]
    slowest = max(by_scenario, key=lambda name: statistics.median(by_scenario[name]))
    count, middle = len(by_scenario), statistics.median(means)
    told = f"{slowest}, {statistics.median(by_scenario[slowest]):.0f} µs"
    return f"{slug:<16} {len(folder.thresholds.rules):>6} {count:>10} {middle:>10.0f}  {told}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each council."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules", description=__doc__)
    parser.add_argument("--reps", type=int, default=7, help="repetitions, interleaved (7)")
    parser.add_argument("--calls", type=int, default=200, help="calls of each scenario in each repetition (200)")
    asked = parser.parse_args(argv)
    print(HEAD)
    print("-" * len(HEAD))
    for path in sorted(COUNCILS.iterdir()):
        print(line(path.name, asked.reps, asked.calls))
    return 0


if __name__ == "__main__":
    sys.exit(main())
