"""The whole of `make run`: started, asked, hurt, stopped, started again with its data, and forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from portal.cli.instance import instance_file, read_private
from portal.cli.stale import alive
from tests.fixtures.app import free_port

PATIENCE = 120.0


@dataclass
class Running:
    """A demonstration in a process of its own."""

    process: subprocess.Popen[str]
    environ: dict[str, str]
    said: Path

    @property
    def address(self) -> str:
        return f"http://localhost:{self.environ['PORT']}/"

    def portal(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command beside it, which has to find its database."""
        command = [sys.executable, "-P", "-m", "portal.cli", *words]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=False)

    def owner(self) -> psycopg.Connection[tuple[object, ...]]:
        found = read_private(instance_file(Path(self.environ["PORTAL_VAR"])))["DATABASE_URL_OWNER"]
        return psycopg.connect(found.replace("+psycopg", ""), autocommit=True)

    def children(self, named: str) -> list[int]:
        """The numbers of the processes it started whose command line holds a word."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", named], capture_output=True, text=True, check=False
        )
        return [int(number) for number in found.stdout.split()]

    def replaced(self, named: str, number: int) -> bool:
        """Whether another process than the one killed does its work."""
        return self.children(named) not in ([], [number])

    def words(self) -> str:
        return self.said.read_text()


def until(holds: Callable[[], bool], running: Running) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert running.process.poll() is None, running.words()
        assert time.monotonic() < deadline, running.words()
        time.sleep(0.2)


def served(running: Running) -> bool:
    try:
        with urllib.request.urlopen(running.address, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Starts a demonstration on one folder of data, and waits until it says that it is ready."""
    environ = os.environ | {"PORTAL_VAR": str(tmp_path / "var"), "PORT": str(free_port())}
    for name in ("DATABASE_URL", "DATABASE_URL_OWNER", "MAIL"):
        environ.pop(name, None)
    started: list[Running] = []

    def start() -> Running:
        said = tmp_path / f"said-{len(started)}"
        with said.open("w") as log:
            command = [sys.executable, "-P", "-m", "portal.cli", "demo"]
            process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, text=True)
        running = Running(process, environ, said)
        started.append(running)
        until(lambda: "The portal is at" in running.words(), running)
        return running

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.terminate()
            running.process.wait(timeout=60)
    assert started[-1].portal("demo", "--forget").returncode == 0
    assert not (tmp_path / "var").exists()


def test_it_survives_what_may_happen_and_keeps_its_data(demo: Callable[[], Running]) -> None:
    first = demo()
    assert served(first)
    assert "Signs in as" in first.words()
    with first.owner() as connection:
        connection.execute("CREATE TABLE kept_by_test AS SELECT generate_series(1, 100) AS number")
    assert first.portal("demo", "--forget").returncode == 1

    for named in ("postgres", "gunicorn", "portal.cli worker"):
        (number,) = first.children(named)
        os.kill(number, signal.SIGKILL)
        until(partial(first.replaced, named, number), first)
    until(lambda: served(first), first)
    until(lambda: "ok      worker" in first.portal("doctor").stdout, first)
    for sentence in ("PostgreSQL stopped", "The web server stopped", "The worker stopped (killed by SIGKILL)"):
        assert sentence in first.words()

    everything = first.children("")
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(timeout=60) == 0
    assert len(everything) == 3
    assert not any(alive(number) for number in everything)

    second = demo()
    with second.owner() as connection:
        assert connection.execute("SELECT count(*) FROM kept_by_test").fetchone() == (100,)
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(timeout=60) == 0
