"""`python -m benchmarks.pages`: processor time per page, application and database, as ratios to the floor."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import cpu, servers
from benchmarks.answers import WORDS
from benchmarks.stage import BROWSERS, SLUG, Stage, stage

FORM, SAVED = "concern", "signs"  # sections of its form: one of many kinds of question, one of long texts
SENDS = 10  # drafts that one browser may send in one repetition
MOST = 20_000
WARM_UP = 0.3  # seconds of each page before anything is measured
HEAD = f"{'page':<14} {'what':<44} {'KB':>5} {'req/s':>7} {'app ms':>7} {'db ms':>6} {'CPU ms':>7}  ratio (range)"


@dataclass(frozen=True)
class Target:
    """One page to measure: which server, how it is asked for, and which rung of the floor it is compared to."""

    name: str
    what: str
    server: servers.Server
    kind: str
    path: str
    floor: str = ""


@dataclass(frozen=True)
class Measured:
    """One repetition: milliseconds of processor time a request, requests a second, bytes, others' share."""

    app: float
    database: float
    rate: float
    bytes: int
    foreign: float

    @property
    def cpu(self) -> float:
        """Application and database together."""
        return self.app + self.database


def targets(here: Stage) -> list[Target]:
    """Every rung of the floor and every page of the product, in the order of the table."""
    draft = f"/{SLUG}/report/{{draft}}"
    floor, product = here.floor, here.product
    return [
        Target("hello", "nothing but Flask", floor, "read", "/hello"),
        Target("page", "a form of 10 KB, its HTML by hand", floor, "read", "/page"),
        Target("l7o", "page, and who asks in one statement", floor, "read", "/l7o/{draft}"),
        Target("w", "l7o's statement, update, audit, commit", floor, "save", "/w/{draft}"),
        Target("qraw", "the list in one raw round trip", floor, "read", "/qraw"),
        Target("qrawa", "qraw with an audit row, committed", floor, "read", "/qrawa"),
        Target("holding area", "25 reports, counts, audit", product, "read", f"/{SLUG}/holding-area", "qrawa"),
        Target("form page", f"section '{FORM}' of a draft", product, "read", f"{draft}/section/{FORM}", "l7o"),
        Target("saving", f"section '{SAVED}', posted", product, "save", f"{draft}/section/{SAVED}", "w"),
        Target("sending", "a whole report, posted", product, "send", f"{draft}/section/{SAVED}", "w"),
    ]


def browsers(here: Stage, target: Target, most: int) -> list[Mapping[str, Any]]:
    """The plan of the client; browsers that send are given drafts that nobody has sent yet."""
    if not target.path.count("{draft}"):
        return [{"kind": target.kind, "cookie": here.screener.cookie, "path": target.path}] * BROWSERS
    plan: list[Mapping[str, Any]] = []
    for desk in here.desks:
        one: dict[str, Any] = {"kind": target.kind, "cookie": desk.person.cookie}
        ours = target.server is here.product
        one["path"] = target.path.format(draft=(desk.kept if ours else desk.overwritten).id)
        if target.kind == "save":
            one["fields"] = {} if ours else {"words": WORDS * 5}
        if target.kind == "send":
            taken = [desk.sendable.pop() for _ in range(most)]
            one["drafts"] = [
                (f"/{SLUG}/report/{each.id}/check", {"submit_key": str(each.submit_key), "seen_version": each.version})
                for each in taken
            ]
        plan.append(one)
    return plan


def measure(here: Stage, target: Target, seconds: float, most: int = SENDS) -> Measured:
    """One repetition of one page."""
    client = servers.Client(target.server, browsers(here, target, most), seconds, MOST)
    before = cpu.read(target.server.pid, here.postmaster)
    done = client.go()
    workers, database, foreign = cpu.read(target.server.pid, here.postmaster).since(before)
    each = 1000 / done.requests
    return Measured(workers * each, database * each, done.requests / done.seconds, done.bytes, foreign / done.seconds)


def run(here: Stage, reps: int, seconds: float) -> Mapping[str, list[Measured]]:
    """Every page in turn, again and again, so that a change of the machine's speed meets all of them alike."""
    found: dict[str, list[Measured]] = defaultdict(list)
    every = targets(here)
    for target in every:
        measure(here, target, WARM_UP, most=1)
    for rep in range(reps):
        print(f"repetition {rep + 1} of {reps}", file=sys.stderr)
        for target in every[rep % len(every) :] + every[: rep % len(every)]:
            found[target.name].append(measure(here, target, seconds))
    return found


def table(every: Sequence[Target], found: Mapping[str, Sequence[Measured]]) -> list[str]:
    """A line a page: medians over the repetitions; ratios are taken within each repetition first."""
    lines = [HEAD, "-" * len(HEAD)]
    for target in every:
        reps = found[target.name]
        middle = [statistics.median(getattr(one, name) for one in reps) for name in ("rate", "app", "database", "cpu")]
        rate, application, database, together = middle
        line = f"{target.name:<14} {target.what:<44} {reps[-1].bytes / 1000:>5.1f} {rate:>7.0f}"
        line += f" {application:>7.2f} {database:>6.2f} {together:>7.2f}"
        if target.floor:
            ratios = [one.cpu / floor.cpu for one, floor in zip(reps, found[target.floor], strict=True)]
            middle_ratio = statistics.median(ratios)
            line += f"  {middle_ratio:.1f} x {target.floor} ({min(ratios):.1f}-{max(ratios):.1f})"
        lines.append(line)
    shares = [one.foreign for reps in found.values() for one in reps]
    lines.append(f"Processors used by others, the client among them: {statistics.median(shares):.2f} (median).")
    return lines


def main() -> int:
    """Print the table and write nothing else."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--reps", type=int, default=5, help="repetitions, interleaved (5)")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds of each page in each repetition (2)")
    parser.add_argument("--reports", type=int, default=2000, help="sent reports in the database (2000)")
    asked = parser.parse_args()
    try:
        with stage(asked.reports, sends=1 + SENDS * asked.reps) as here:
            found = run(here, asked.reps, asked.seconds)
            lines = table(targets(here), found)
    except servers.BenchmarkError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
