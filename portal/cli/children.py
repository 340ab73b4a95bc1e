"""Processes kept alive: a session of their own, a new start when they die, a stop with all they began."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.cli.account import die_with_parent

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY = 60.0  # seconds of life after which a death counts as the first one again

Say = Callable[[str], None]


@dataclass
class BackOff:
    """How long to wait before starting again: longer each time, unless it had run well for a while."""

    pause: float = FIRST_PAUSE
    started: float = 0.0
    due: float = 0.0

    def begun(self) -> None:
        """It has just been started."""
        self.started = time.monotonic()

    def died(self) -> float:
        """It has died: returns the seconds to wait before the next start."""
        now = time.monotonic()
        if now - self.started > STEADY:
            self.pause = FIRST_PAUSE
        wait, self.pause = self.pause, min(self.pause * 2, LONGEST_PAUSE)
        self.due = now + wait
        return wait


@dataclass
class Child:
    """One process to keep alive, by name, command and environment; a `quiet` one talks into its own log."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    quiet: bool = False
    back_off: BackOff = field(default_factory=BackOff)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its output goes to ours, and Ctrl-C in the terminal does not reach it."""
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.quiet else None,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call, no lock is taken
        )
        self.back_off.begun()

    def tend(self, say: Say) -> None:
        """Notice a death, say so, and start it again when its pause is over."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.kill_rest()
            self.process = None
            say(f"The {self.name} stopped ({reason(code)}); starting it again in {self.back_off.died():g} s.")
        elif time.monotonic() >= self.back_off.due:
            self.start()

    def ask_to_stop(self) -> None:
        """Ask it to end (SIGTERM); does not wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, seconds: float) -> None:
        """Give it some seconds to end, then end it and everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(seconds, 0.1))
        self.kill_rest()
        self.process.wait()
        self.process = None

    def kill_rest(self) -> None:
        """End whatever is left of its process group: workers whose master was killed, for example."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def reason(code: int) -> str:
    """An exit code in words: `exit 3`, or `killed by SIGKILL`."""
    if code >= 0:
        return f"exit {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def stop_all(children: Sequence[Child], seconds: float) -> None:
    """Ask all of them to end at once, then wait for each, within `seconds` altogether."""
    deadline = time.monotonic() + seconds
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_or_kill(deadline - time.monotonic())
