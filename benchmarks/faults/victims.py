"""What is killed with -9 at random, and started again as an operator's supervisor would."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from benchmarks.servers import ROOT
from portal.cli.cluster import Cluster

DOWN = 0.3  # seconds that something stays dead
WAIT = (3.0, 5.0)  # seconds between two kills


@dataclass
class Program:
    """One of our own programs, with all that it started, in a session of its own."""

    words: tuple[str, ...]
    environ: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    _output: IO[bytes] | None = None

    def start(self) -> None:
        """Start it; it writes to its log."""
        self._output = self.log.open("ab")
        self.process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-P", "-m", "portal.cli", *self.words],
            env=dict(self.environ), cwd=ROOT, stdout=self._output, stderr=self._output, start_new_session=True,
        )  # fmt: skip

    def tend(self) -> None:
        """Start it again if it ended by itself, as whoever supervises it would."""
        if self.process is not None and self.process.poll() is not None:
            self.kill()
            self.start()

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._output is not None:
            self._output.close()


def kill_database(cluster: Cluster) -> None:
    """End PostgreSQL as a failing machine would: the postmaster, and every process that still serves or writes."""
    if cluster.process is None:
        return
    pid = cluster.process.pid
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    # Children first would let the postmaster notice, and recover in good order.
    for one in (pid, *children):
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    cluster.process.wait()


@dataclass
class Killer:
    """Kills one of the things that run, again and again; `kills` counts them by name."""

    cluster: Cluster
    web: Program
    worker: Program
    seed: int
    kinds: tuple[str, ...] = ("database", "web", "worker")
    kills: Counter[str] = field(default_factory=Counter)
    recovering: list[float] = field(default_factory=list)

    def run(self, until: float, meanwhile: Callable[[], None]) -> None:
        """Go on until that time, each kind once before any comes again; `meanwhile` is called after each kill."""
        choose = random.Random(self.seed)
        turn: list[str] = []
        while (wait := choose.uniform(*WAIT)) < until - time.monotonic():
            self._rest(wait)
            turn = turn or choose.sample(self.kinds, len(self.kinds))
            self._kill(turn.pop())
            meanwhile()
        self._rest(max(0.0, until - time.monotonic()))

    def tend(self) -> None:
        """Start again whatever ended by itself."""
        self.web.tend()
        self.worker.tend()

    def _rest(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, DOWN))
            self.tend()

    def _kill(self, kind: str) -> None:
        self.kills[kind] += 1
        if kind == "database":
            kill_database(self.cluster)
            time.sleep(DOWN)
            begun = time.monotonic()
            self.cluster.start()
            self.recovering.append(time.monotonic() - begun)
            return
        program = self.web if kind == "web" else self.worker
        program.kill()
        time.sleep(DOWN)
        program.start()
