"""Processor time of the web workers and of their database connections, and memory of process trees."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
NANOSECONDS = 1e9
BACKEND = b"postgres: portal_app "
SHOWN = 60
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Reading:
    """Seconds of processor time so far, by process: of the workers, of the database, of everybody."""

    workers: Mapping[int, float]
    database: Mapping[int, float]
    machine: float

    def since(self, before: Reading) -> tuple[float, float, float]:
        """Seconds used since an earlier reading by the workers, by the database, and by everybody else."""
        workers = _spent(before.workers, self.workers)
        database = _spent(before.database, self.database)
        return workers, database, max(0.0, self.machine - before.machine - workers - database)


def _spent(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    # A connection opened meanwhile began at nothing; one that was closed takes its time with it.
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def read(master: int, postmaster: int) -> Reading:
    """Read the clocks of a web server (its first process) and of the application's database connections."""
    parents = _parents()
    backends = [pid for pid, parent in parents.items() if parent == postmaster and _is_backend(pid)]
    return Reading(
        {pid: seconds_of(pid) for pid in tree(master, parents)},
        {pid: seconds_of(pid) for pid in backends},
        _machine(),
    )


def seconds_of(pid: int) -> float:
    """Processor time of one process with all its threads; 0 when it has gone."""
    try:
        # The process's own file counts its first thread only.
        parts = [path.read_text() for path in (PROC / str(pid) / "task").glob("*/schedstat")]
        if parts:
            return sum(int(part.split()[0]) for part in parts) / NANOSECONDS
        return _ticks((PROC / str(pid) / "stat").read_text())
    except (OSError, ValueError, IndexError):
        return 0.0


def _ticks(stat: str) -> float:
    """User and system time from /proc/<pid>/stat, whose second field may hold spaces."""
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _machine() -> float:
    """Busy seconds of all processors: everything but idle and waiting for a disk."""
    fields = [int(field) for field in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICKS


def _parents() -> dict[int, int]:
    found = {}
    for path in PROC.iterdir():
        if path.name.isdigit():
            try:
                found[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue  # it has gone meanwhile
    return found


def _is_backend(pid: int) -> bool:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().startswith(BACKEND)
    except OSError:
        return False


def tree(first: int, parents: Mapping[int, int] | None = None) -> list[int]:
    """A process and everything below it."""
    known = parents if parents is not None else _parents()
    found = [first]
    for pid in found:
        found += [child for child, parent in known.items() if parent == pid and child not in found]
    return found


def megabytes(pids: Iterable[int]) -> dict[int, float]:
    """Proportional memory of each process: what several share is counted once altogether."""
    sizes = {}
    for pid in pids:
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        sizes[pid] = sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
    return sizes


def name_of(pid: int) -> str:
    """The command line of a process, shortened."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "gone"
    return words if len(words) <= SHOWN else f"…{words[1 - SHOWN :]}"
