"""Senders at work while web server, worker and PostgreSQL are killed with -9: what was acknowledged must be there.

Some reports get a file: it must be there once, checked by a real clamd, and open as it was sent.

    .venv/bin/python -m benchmarks.chaos [--senders 32] [--seconds 45] [--kill database,web,worker] [--seed 1]
                                         [--lose-jobs] [--unsafe]

`--lose-jobs` deletes the whole table of jobs half-way. `--unsafe` turns `synchronous_commit` off, and then exits with 1
unless a loss is found: it proves that a loss would be seen. Without it exits with 1 when anything was lost, doubled,
not recorded, or never told.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import seed, servers
from benchmarks.faults import checking, papers
from benchmarks.faults.peer import MailServer
from benchmarks.faults.senders import Sender
from benchmarks.faults.victims import Killer, Program
from portal.cli import cluster as clusters
from portal.cli.cluster import Addresses, Cluster
from portal.forms.folder import CouncilFolder
from portal.kernel import db
from portal.tenants import resolve

SLUG = "avonmere"
DRAFTS = 12  # whole reports that each sender has ready beside the urgent ones it writes
LAST_ANSWERS = 120.0  # seconds at most that a report begun is still tried once nothing is killed any more


@dataclass(frozen=True)
class Asked:
    """What was asked on the command line."""

    senders: int
    seconds: float
    kinds: tuple[str, ...]
    seed: int
    lose_jobs: bool
    unsafe: bool


def seeded(addresses: Addresses, folders: Sequence[CouncilFolder], asked: Asked) -> list[tuple[str, list[seed.Draft]]]:
    """The senders' cookies and the drafts of each."""
    folder = next(one for one in folders if one.settings.slug == SLUG)
    engine = db.make_engine(addresses.owner)
    db.bind(engine)
    resolve.forget()
    council = resolve.by_slug(SLUG)
    _screener, people = seed.people(council, asked.senders)
    found = [(one.cookie, seed.drafts(council, folder, one, DRAFTS)) for one in people]
    engine.dispose()
    return found


@contextmanager
def running(addresses: Addresses, home: Path, mail: MailServer, scanner: str) -> Iterator[tuple[Program, Program, int]]:
    """Web server and worker, each killable with all it started, and the port."""
    environ = servers.environment(
        addresses, MAIL=f"smtp://127.0.0.1:{mail.port}", LOG_LEVEL="WARNING", DATABASE_URL_OWNER=addresses.owner,
        STORAGE=str(home / "files"), SCANNER=scanner, SCANNER_DAYS="0",
    )  # fmt: skip
    web = Program(("serve",), environ, home / "web.log")
    worker = Program(("worker",), environ, home / "worker.log")
    web.start()
    worker.start()
    try:
        deadline = time.monotonic() + servers.READY_SECONDS
        while not servers.answers(int(environ["PORT"]), "/live"):
            if time.monotonic() > deadline:
                raise servers.BenchmarkError(f"the portal does not answer:\n{web.log.read_text()[-2000:]}")
            time.sleep(0.2)
        yield web, worker, int(environ["PORT"])
    finally:
        web.kill()
        worker.kill()


class Run:
    """One run: senders and killer side by side, then quiet, then the questions."""

    def __init__(self, asked: Asked, cluster: Cluster) -> None:
        self.asked = asked
        self.cluster = cluster
        self.jobs_lost = 0
        self._half: float | None = time.monotonic() + asked.seconds / 2 if asked.lose_jobs else None

    def go(self, senders: Sequence[Sender], killer: Killer) -> None:
        """Until the time is up, and the last report has its answer."""
        begun = time.monotonic()
        ends = begun + self.asked.seconds
        threads = [
            threading.Thread(target=one.run, args=(lambda: time.monotonic() < ends, ends + LAST_ANSWERS))
            for one in senders
        ]
        for thread in threads:
            thread.start()
        # In this thread, because PostgreSQL ends with the thread that started it.
        killer.run(ends, self._meanwhile)
        while any(thread.is_alive() for thread in threads):
            killer.tend()
            time.sleep(0.3)

    def _meanwhile(self) -> None:
        if self._half is not None and time.monotonic() > self._half:
            self._half = None
            self.jobs_lost = checking.lose_jobs(self.cluster)


def report(asked: Asked, verdict: checking.Verdict, senders: Sequence[Sender], killer: Killer, jobs_lost: int) -> None:
    """Print what happened."""
    seconds = sorted(one for sender in senders for one in sender.told.seconds)
    kills = ", ".join(f"{count} x {name}" for name, count in sorted(killer.kills.items()))
    print(f"{asked.senders} senders, {asked.seconds:g} s; killed with -9: {kills or 'nothing'}")
    print(f"acknowledged {verdict.figures['acknowledged']}, tries that were repeated {verdict.figures['retries']}")
    print(f"lost {verdict.lost}, duplicated {verdict.duplicated}, without audit {verdict.unaudited}")
    print(
        f"emails {verdict.figures['emails']}, of them sent twice under one Message-ID {verdict.figures['emails twice']}"
    )
    if verdict.figures["unanswered"]:
        print(f"given up without an answer: {verdict.figures['unanswered']}")
    if asked.lose_jobs:
        print(f"jobs deleted half-way: {jobs_lost}")
    if len(seconds) > 1:
        cuts = statistics.quantiles(seconds, n=100)
        print(f"until a receipt: median {cuts[49]:.2f} s, 95th {cuts[94]:.2f} s, longest {seconds[-1]:.1f} s")
    if killer.recovering:
        print(f"PostgreSQL back after {min(killer.recovering):.1f} to {max(killer.recovering):.1f} s")
    for line in () if asked.unsafe else verdict.broken:
        print(f"BROKEN: {line}")


def chaos(asked: Asked) -> bool:
    """Run it; whether it is as it must be."""
    if asked.unsafe:
        clusters.DURABLE["synchronous_commit"] = "off"
    with (
        servers.scratch() as home, MailServer() as mail, papers.scanner() as scanner,
        servers.database(home) as (cluster, addresses, folders),
    ):  # fmt: skip
        people = seeded(addresses, folders, asked)
        with running(addresses, home, mail, scanner) as (web, worker, port):
            killer = Killer(cluster, web, worker, asked.seed, asked.kinds)
            senders = [
                Sender(port, SLUG, cookie, drafts, asked.seed * 1000 + number)
                for number, (cookie, drafts) in enumerate(people)
            ]
            run = Run(asked, cluster)
            run.go(senders, killer)
            drained = asked.unsafe or checking.drain(cluster, killer.tend)
            verdict = checking.check(cluster, [one.told for one in senders], mail.taken)
            files = papers.check(cluster, [one.told.papers for one in senders])
            verdict.broken += files.broken
            if not drained:
                verdict.broken.append("not every notice was settled and every file checked in time")
            closed = 0 if asked.unsafe else sum(one.opens() for one in senders)
            if closed:
                verdict.broken.append(f"{closed} files cannot be opened")
            report(asked, verdict, senders, killer, run.jobs_lost)
            print(f"files acknowledged {files.acknowledged}, lost {files.lost}, cannot be opened {closed}")
    if asked.unsafe:
        return verdict.lost > 0
    counts = (verdict.lost, verdict.duplicated, verdict.unaudited, verdict.figures["unanswered"])
    whole = not any(counts) and not verdict.broken
    return (
        whole
        and verdict.figures["acknowledged"] > 0
        and files.acknowledged > 0
        and set(killer.kills) == set(asked.kinds)
    )


def main(words: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.chaos", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--senders", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=45.0)
    parser.add_argument("--kill", default="database,web,worker")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lose-jobs", action="store_true")
    parser.add_argument("--unsafe", action="store_true")
    told = parser.parse_args(words)
    kinds = tuple(one for one in told.kill.split(",") if one)
    good = chaos(Asked(told.senders, told.seconds, kinds, told.seed, told.lose_jobs, told.unsafe))
    if told.unsafe:
        print("a loss was seen, as it must be" if good else "NO LOSS WAS SEEN: this run proves nothing")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
