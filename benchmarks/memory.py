"""`python -m benchmarks.memory`: the whole demonstration (web, worker, PostgreSQL): its memory, and how soon it serves.

Memory is proportional (PSS): what several processes share is counted once. A figure over the limit ends with 1.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import cpu, servers

LIMIT = 700  # megabytes, the whole of it
START_SECONDS = 300.0
PAGES = ("/", "/avonmere/", "/avonmere/sign-in", "/avonmere/advice", "/glan-yr-afon/", "/outbox")
ROUNDS = 20  # of all those pages, so that every thread has its connection and its templates


def start(home: Path) -> tuple[subprocess.Popen[bytes], int, float]:
    """Start `portal demo` on fresh data; its process, its port, and the seconds to its first page."""
    port = servers.free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
    environ |= {"PORTAL_VAR": str(home / "var"), "PORT": str(port), "PYTHONPATH": str(servers.ROOT)}
    begun = time.monotonic()
    with (home / "demo.log").open("wb") as log:
        command = [sys.executable, "-P", "-m", "portal.cli", "demo"]
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            command, env=environ, cwd=servers.ROOT, stdout=log, stderr=log
        )
    while not servers.answers(port, "/"):
        if process.poll() is not None or time.monotonic() - begun > START_SECONDS:
            stop(process)
            raise servers.BenchmarkError(f"it does not serve:\n{(home / 'demo.log').read_text()[-2000:]}")
        time.sleep(0.1)
    return process, port, time.monotonic() - begun


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, as Ctrl-C does, and wait for it."""
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def visit(port: int) -> None:
    """Read some pages, several at a time over the run, as people would."""
    for _ in range(ROUNDS):
        for path in PAGES:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", path)
            status = connection.getresponse().status
            connection.close()
            if status != http.HTTPStatus.OK:
                raise servers.BenchmarkError(f"{path} answered {status}")


def main() -> int:
    """Print a line for each process and the sum; 1 when it is over the limit."""
    argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__).parse_args()
    with servers.scratch() as home:
        try:
            process, port, seconds = start(home)
            try:
                visit(port)
                sizes = cpu.megabytes(cpu.tree(process.pid))
                names = {pid: cpu.name_of(pid) for pid in sizes}
            finally:
                stop(process)
        except servers.BenchmarkError as error:
            print(error, file=sys.stderr)
            return 1
    for pid, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"{size:8.1f} MB  {names[pid]}")
    whole = sum(sizes.values())
    print(f"{whole:8.1f} MB  altogether, in {len(sizes)} processes (limit {LIMIT} MB)")
    print(f"{seconds:8.1f} s   from the start on fresh data to the first page")
    return 0 if whole < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
