"""Everything a run needs, started and stopped by itself: a private PostgreSQL, web servers, the client."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings import DEMO_ROOT_KEY
from portal.cli import migrate
from portal.cli.cluster import Addresses, Cluster
from portal.forms import folder
from portal.forms.commands.apply import apply
from portal.forms.folder import CouncilFolder
from portal.kernel import crypto, db, ring
from portal.kernel.ring import Ring

ROOT = Path(__file__).resolve().parents[1]
COUNCILS = ROOT / "config" / "councils"
# Below the range from which the system takes the ports of outgoing connections.
PORTS = range(20_000, 32_000)
READY_SECONDS = 120.0


class BenchmarkError(RuntimeError):
    """A run that measured nothing: a server did not start, or a page was not what it should be."""


@dataclass(frozen=True)
class Server:
    """A web server that answers: its port, its first process, and where it writes."""

    port: int
    pid: int
    log: Path

    def last_words(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text(errors="replace")[-2000:]


@dataclass(frozen=True)
class Load:
    """What one run of the client did."""

    requests: int
    seconds: float
    bytes: int


def free_port() -> int:
    """A port nobody listens on."""
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise BenchmarkError("no free port")


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A directory that is gone afterwards, which PostgreSQL's own account may pass through."""
    made = Path(tempfile.mkdtemp(prefix="portal-bench-", dir="/tmp"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def database(home: Path) -> Iterator[tuple[Cluster, Addresses, Sequence[CouncilFolder]]]:
    """A durable private PostgreSQL with every migration and both councils."""
    cluster = Cluster(home / "postgres")
    try:
        addresses = cluster.start()
        migrate.upgrade(addresses.owner)
        yield cluster, addresses, _apply(addresses)
    finally:
        cluster.destroy()


def _apply(addresses: Addresses) -> Sequence[CouncilFolder]:
    ring.hold(Ring(crypto.root_key(DEMO_ROOT_KEY)))
    engine = db.make_engine(addresses.owner)
    db.bind(engine)
    found = [folder.load(path) for path in sorted(COUNCILS.iterdir())]
    for one in found:
        apply(one)
    engine.dispose()
    return found


def environment(addresses: Addresses, **more: str) -> dict[str, str]:
    """What a server is told; the product runs with its usual log, which goes to a file."""
    port = str(free_port())
    return os.environ | {
        "DATABASE_URL": addresses.app, "DATABASE_URL_OWNER": "", "DEMO": "true", "PORT": port, "MAIL": "outbox",
        "BASE_URL": f"http://localhost:{port}", "LOG_LEVEL": "INFO", "WORKERS": "2", "THREADS": "4",
        "PYTHONPATH": str(ROOT), **more,
    }  # fmt: skip


@contextlib.contextmanager
def serving(command: Sequence[str], environ: Mapping[str, str], ready: str, log: Path) -> Iterator[Server]:
    """A web server from its first answer to `ready` to the end of the block."""
    port = int(environ["PORT"])
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own servers, no shell
            list(command), env=dict(environ), cwd=ROOT, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not answers(port, ready):
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchmarkError(f"{command[-1]} does not answer:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)
        yield Server(port, process.pid, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(port: int, path: str) -> bool:
    """Whether a page is there (200) on this machine at that port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


class Client:
    """The client's process: ready once it has been made, then told to go."""

    def __init__(self, server: Server, browsers: Sequence[Mapping[str, Any]], seconds: float, most: int) -> None:
        self._server = server
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load"],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        plan = {"port": server.port, "browsers": browsers, "seconds": seconds, "most": most}
        if self._say(json.dumps(plan)).strip() != "ready":
            self._process.kill()
            raise BenchmarkError("the client could not read the page it was to use")

    def _say(self, line: str) -> str:
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise BenchmarkError("the client has no pipes")
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return process.stdout.readline()

    def go(self) -> Load:
        """Run; raises BenchmarkError when any answer was not the expected one."""
        told = json.loads(self._say("go"))
        self._process.communicate(timeout=30)
        if told["wrong"] or not told["requests"]:
            raise BenchmarkError(
                f"wrong answers: {told['wrong']}, right ones: {told['requests']}\n{self._server.last_words()}"
            )
        return Load(told["requests"], told["seconds"], told["bytes"])
