"""A real clamd, and what only a fake one does: nothing but a plain answer of a fresh daemon about all is "clean"."""

from __future__ import annotations

import io
import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from portal.adapters.clamd import Clamd, NoScanner, read_version, scanner_for
from portal.adapters.ports import Clean, Harmful, Scanner, Unknown, Verdict
from portal.cli import scanner, scanner_check
from portal.cli.private_clamd import EICAR, LIMITS, OWN, PrivateClamd
from portal.kernel import clock
from portal.kernel.errors import Unavailable
from tests.files.making import email, office, pdf, picture, zipped
from tests.fixtures.scanner import RunningClamd

FRESH = b"fresh"  # replaced by today's: the name of a test must be the same in every process
OLD = b"ClamAV 1.4.6/20000/Thu Nov 12 09:12:01 2020"


def verdict(asked: Scanner, content: bytes) -> Verdict:
    return asked.scan(io.BytesIO(content))


@pytest.mark.parametrize(
    "content",
    [
        EICAR,
        OWN,
        office(word__media__image1_dot_png=EICAR),
        os.urandom(6_000_000) + EICAR,
        zipped({f"{number}.txt": EICAR if number == 199 else b"x" for number in range(200)}),
        office("xlsx", xl__media__a_dot_png=EICAR),
        pdf(content=EICAR, compress_streams=True),
        email(("a.txt", EICAR)),
        zipped({"a.zip": zipped({"b.zip": zipped({"c.txt": EICAR})})}),
    ],
    ids=["plain", "our own", "docx", "after 6 MB", "the last of 200", "xlsx", "pdf", "email", "nested"],
)
def test_what_is_harmful_is_found(clamd: RunningClamd, content: bytes) -> None:
    found = verdict(clamd.scanner(), content)
    assert isinstance(found, Harmful)
    assert found.found.startswith("Portal.")
    assert found.signatures.version


@pytest.mark.parametrize("content", [b"", b"Words", pdf(), office(), picture(), os.urandom(26_000_000)])
def test_what_is_not_is_clean(clamd: RunningClamd, content: bytes) -> None:
    assert isinstance(verdict(clamd.scanner(), content), Clean)


def test_what_it_did_not_look_at_is_not_clean(clamd: RunningClamd) -> None:
    assert verdict(clamd.scanner(), scanner_check._nested()) == Unknown("limits", lasting=True)


def test_our_own_limit_comes_before_the_daemons(clamd: RunningClamd) -> None:
    asked = clamd.scanner()
    asked.most = 1000
    assert verdict(asked, b"x" * 1001) == Unknown("too_large", lasting=True)
    asked.most = 200 * 2**20
    # Without it: the daemon breaks the connection in the middle.
    assert verdict(asked, b"x" * (110 * 2**20)) == Unknown("unavailable")


def test_a_daemon_that_is_down_or_hangs_gives_no_verdict(clamd: RunningClamd) -> None:
    asked = clamd.scanner()
    asked.answer_seconds = 0.3
    assert clamd.process is not None
    clamd.process.send_signal(signal.SIGSTOP)
    try:
        assert verdict(asked, b"Words") == Unknown("unavailable")
        with pytest.raises(Unavailable):
            asked.signatures()
    finally:
        clamd.process.send_signal(signal.SIGCONT)
    clamd.kill()
    assert verdict(asked, b"Words") == Unknown("unavailable")
    clamd.start()
    assert isinstance(verdict(clamd.scanner(), b"Words"), Clean)


def test_without_a_scanner_nothing_is_clean() -> None:
    asked = scanner_for("", 7)
    assert isinstance(asked, NoScanner)
    assert verdict(asked, b"Words") == Unknown("no_scanner")
    with pytest.raises(Unavailable):
        asked.signatures()


@contextmanager
def fake(version: bytes, answer: bytes | None) -> Iterator[Clamd]:
    """A daemon that says these; without an answer it hangs up before the file is sent."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if self.rfile.readline() == b"nVERSION\n":
                self.wfile.write(version + b"\n")
                return
            while answer is not None and (size := int.from_bytes(self.rfile.read(4), "big")):
                self.rfile.read(size)
            self.wfile.write(answer or b"")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        made = scanner_for(f"clamd://127.0.0.1:{server.server_address[1]}", 7)
        assert isinstance(made, Clamd)
        made.answer_seconds = 2.0
        yield made
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("version", "answer", "expected"),
    [
        (FRESH, b"stream: OK\n", "clean"),
        (FRESH, b"stream: Win.Test.EICAR_HDB-1 FOUND\n", "harmful"),
        (FRESH, b"stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\n", "limits"),
        (FRESH, b"INSTREAM size limit exceeded. ERROR\n", "unavailable"),
        (FRESH, b"stream: Can't allocate memory ERROR\n", "unavailable"),
        (FRESH, b"stream: OK OK\n", "unavailable"),
        (FRESH, b"other: OK\n", "unavailable"),
        (FRESH, b"HTTP/1.1 200 OK\n", "unavailable"),
        (FRESH, b"\xff\xfe\x00rubbish\n", "unavailable"),
        (FRESH, b"", "unavailable"),
        (FRESH, None, "unavailable"),
        (OLD, b"stream: OK\n", "unavailable"),
        (b"ClamAV 1.4.6", b"stream: OK\n", "unavailable"),
        (b"rubbish", b"stream: OK\n", "unavailable"),
        (b"", b"stream: OK\n", "unavailable"),
    ],
)
def test_only_a_plain_answer_of_a_fresh_daemon_counts(version: bytes, answer: bytes | None, expected: str) -> None:
    now = clock.now().strftime("%a %b %d %H:%M:%S %Y").encode()
    with fake(version.replace(FRESH, b"ClamAV 1.4.6/27822/" + now), answer) as asked:
        found = verdict(asked, b"x" * 300_000)
    said = {Clean: "clean", Harmful: "harmful"}.get(type(found)) or (found.why if isinstance(found, Unknown) else "")
    assert said == expected


def test_the_version_is_read() -> None:
    found = read_version("ClamAV 1.4.6/27822/Thu Nov 26 09:12:01 2026")
    assert found is not None
    assert found.version == "1.4.6/27822"
    assert found.made_at is not None
    assert found.made_at.isoformat() == "2026-11-26T09:12:01+00:00"
    assert read_version("ClamAV 1.4.6/27822/yesterday") is None


def test_a_daemon_that_can_be_relied_on_and_one_that_calls_clean_what_it_skipped(
    clamd: RunningClamd, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert scanner_check.fault(clamd.scanner()) == ""
    assert scanner_check.fault(NoScanner()).startswith("no scanner is set")
    monkeypatch.setattr("portal.cli.private_clamd.LIMITS", LIMITS.replace("AlertExceedsMax yes", ""))
    careless = RunningClamd(clamd.place.program)
    try:
        careless.start()
        assert "AlertExceedsMax" in scanner_check.fault(careless.scanner())
    finally:
        careless.kill()
        careless.place.forget()


def test_signatures_of_yesterday_are_told() -> None:
    old = (clock.now() - timedelta(hours=30)).strftime("%a %b %d %H:%M:%S %Y").encode()
    with fake(b"ClamAV 1.4.6/27821/" + old, b"stream: Heuristics.Limits.Exceeded FOUND\n") as asked:
        assert "does not find the test string" in scanner_check.fault(asked)
        assert asked.signatures().version == "1.4.6/27821"


def test_the_command_says_how_to_get_one(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "portal.cli", "scanner"]
    missing = {"CLAMD": str(tmp_path / "none")}
    for ci, code in (("", 0), ("true", 1)):
        ran = subprocess.run(
            command, env=os.environ | missing | {"CI": ci}, capture_output=True, text=True, check=False
        )
        assert ran.returncode == code
        assert "apt-get install clamav-daemon" in ran.stderr
    assert scanner.find_clamd()


def test_a_private_daemon_keeps_to_itself() -> None:
    place = PrivateClamd("clamd")
    place.command()
    written = (place.home / "clamd.conf").read_text()
    assert "TCP" not in written
    assert place.home.stat().st_mode & 0o077 == 0
    place.forget()
    assert not place.home.exists()
