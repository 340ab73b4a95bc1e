"""What `make run` keeps alive: processes started again, stopped whole, and refusals in words."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.cli.children import BackOff, Child, reason, stop_all
from portal.cli.instance import (
    demo_secrets,
    environment,
    instance_file,
    read_private,
    write_private,
)
from portal.cli.signins import SignIn, table
from portal.cli.stale import alive
from portal.cli.supervise import DemoError, check_port, demo_environment

FAMILY = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
print(child.pid, file=open(sys.argv[1], "w"), flush=True)
time.sleep(600)
"""


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive_now(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


@pytest.fixture
def family(tmp_path: Path) -> Iterator[tuple[Child, Path]]:
    """A process that starts another and writes its number down."""
    noted = tmp_path / "pid"
    child = Child("family", [sys.executable, "-c", FAMILY, str(noted)], dict(os.environ))
    yield child, noted
    child.wait_or_kill(0)


def test_a_dead_child_is_started_again_after_a_pause_and_said_so(family: tuple[Child, Path]) -> None:
    child, noted = family
    said: list[str] = []
    child.start()
    until(lambda: noted.exists() and bool(noted.read_text()))
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()

    child.tend(said.append)
    assert said == ["The family stopped (killed by SIGKILL); starting it again in 0.5 s."]
    child.tend(said.append)
    assert not alive_now(child)
    time.sleep(0.55)
    child.tend(said.append)
    assert alive_now(child)


def test_what_a_dead_child_had_started_dies_too(family: tuple[Child, Path]) -> None:
    child, noted = family
    child.start()
    until(lambda: noted.exists() and bool(noted.read_text()))
    grandchild = int(noted.read_text())
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    assert alive(grandchild)
    child.tend(print)
    until(lambda: not alive(grandchild))


def test_stopping_leaves_nothing_even_of_a_child_that_will_not_listen(tmp_path: Path) -> None:
    noted = tmp_path / "ready"
    deaf = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(noted)!r}, 'w'); time.sleep(600)"
    children = [Child("deaf", [sys.executable, "-c", deaf], dict(os.environ))]
    children.append(Child("quick", ["sleep", "600"], dict(os.environ)))
    for child in children:
        child.start()
    until(noted.exists)
    numbers = [child.process.pid for child in children if child.process]
    stop_all(children, seconds=1)
    assert len(numbers) == 2
    assert not any(alive(number) for number in numbers)


def test_pauses_grow_and_begin_again_after_a_steady_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    back_off = BackOff()
    back_off.begun()
    assert [back_off.died() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    now[0] += 61
    assert back_off.died() == 0.5


@pytest.mark.parametrize(("code", "words"), [(3, "exit 3"), (-9, "killed by SIGKILL"), (-99, "killed by signal 99")])
def test_exit_codes_in_words(code: int, words: str) -> None:
    assert reason(code) == words


def test_a_port_in_use_is_refused_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(DemoError, match=f"PORT={port + 1} make run"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "80.5"])
def test_a_port_that_is_none_is_refused(port: str, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="PORT must be a number"):
        demo_environment({"PORT": port}, tmp_path)


def test_the_demonstration_has_keys_of_its_own_and_keeps_them(tmp_path: Path) -> None:
    first = demo_environment({}, tmp_path)
    assert first["DEMO"] == "true"
    assert first["BASE_URL"] == "http://localhost:8000"
    assert demo_environment({}, tmp_path)["ROOT_KEY"] == first["ROOT_KEY"]
    assert demo_secrets(tmp_path / "other")["ROOT_KEY"] != first["ROOT_KEY"]
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_what_the_person_set_wins_but_not_the_mailbox_of_a_log_in_shell(tmp_path: Path) -> None:
    asked = {"PORT": "9000", "SECRET_KEY": "x" * 40, "MAIL": "/var/mail/somebody", "ROOT_KEY": ""}
    made = demo_environment(asked, tmp_path)
    assert (made["PORT"], made["SECRET_KEY"], made["MAIL"]) == ("9000", "x" * 40, "outbox")
    assert made["BASE_URL"] == "http://localhost:9000"
    assert made["ROOT_KEY"]


def test_a_real_server_needs_its_owner_too(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="DATABASE_URL_OWNER"):
        demo_environment({"DATABASE_URL": "postgresql://portal_app@db/portal"}, tmp_path)


def test_other_commands_find_the_instance_that_is_running(tmp_path: Path) -> None:
    write_private(instance_file(tmp_path), {"DATABASE_URL": "here", "PORT": "9"})
    assert instance_file(tmp_path).stat().st_mode & 0o077 == 0
    seen = environment({"PORTAL_VAR": str(tmp_path), "PORT": "10"})
    assert (seen["DATABASE_URL"], seen["PORT"]) == ("here", "10")
    assert "PORT" not in environment({"PORTAL_VAR": str(tmp_path), "DATABASE_URL": "another"})
    assert read_private(tmp_path / "nothing.json") == {}


def test_sign_ins_are_a_table_in_columns() -> None:
    lines = table([SignIn("Avonmere", "Screener", "a@avonmere.example", "long pass phrase")]).splitlines()
    assert lines[0].split() == ["Council", "Signs", "in", "as", "Email", "address", "Password"]
    assert lines[2].index("a@avonmere.example") == lines[0].index("Email address")
