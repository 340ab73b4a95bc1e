"""The operating system account PostgreSQL runs as: one's own, or an unprivileged one when started by root."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

UNPRIVILEGED = ("postgres", "nobody")
_PR_SET_PDEATHSIG = 1


class AccountError(RuntimeError):
    """No account that PostgreSQL could run as; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """An account: `switched` says that it is not the one this process runs as."""

    name: str
    uid: int
    gid: int
    switched: bool

    def run(self, command: Sequence[str], seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command as the account, from `/`, and return its output; never raises on its exit code."""
        return subprocess.run(
            list(command),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            umask=0o077,
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=[] if self.switched else None,
        )

    def start(self, command: Sequence[str], log: IO[bytes], last_signal: signal.Signals) -> subprocess.Popen[bytes]:
        """Start a direct child as the account, which gets `last_signal` should we die without a word.

        It has a session of its own: Ctrl-C in the terminal reaches only us, who stop things in order.
        """
        return subprocess.Popen(
            list(command),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            umask=0o077,
            start_new_session=True,
            user=self.uid if self.switched else None,
            group=self.gid if self.switched else None,
            extra_groups=[] if self.switched else None,
            preexec_fn=die_with_parent(last_signal),  # noqa: PLW1509 - one system call, no lock is taken
        )

    def own(self, path: Path) -> None:
        """Give a file or directory to the account."""
        if self.switched:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, directory: Path) -> bool:
        """Whether the account may pass through a directory: a closed home stops an unprivileged one."""
        if not self.switched:
            return os.access(directory, os.X_OK)
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(directory)]).returncode == 0


def current_account() -> Account:
    """The account PostgreSQL will run as. Raises AccountError when the machine offers none."""
    uid = os.geteuid()
    if uid != 0:
        try:
            return Account(pwd.getpwuid(uid).pw_name, uid, os.getegid(), switched=False)
        except KeyError:
            raise AccountError(
                f"The user number {uid} has no name on this machine, and PostgreSQL needs one. "
                "Add it to /etc/passwd, or set DATABASE_URL and DATABASE_URL_OWNER to a server of your own."
            ) from None
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, switched=True)
    raise AccountError("PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' to use.")


def account_of(path: Path) -> Account:
    """The account that owns existing data, which must run the server on it; AccountError if we may not."""
    uid, gid = path.stat().st_uid, path.stat().st_gid
    own = os.geteuid()
    if uid == own and own != 0:
        return current_account()
    name = _name_of(uid)
    if own == 0 and uid != 0:
        return Account(name, uid, gid, switched=True)
    raise AccountError(f"The database in {path} belongs to {name}. Run this as that user or root, or run: make reset")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def die_with_parent(last_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before it becomes its program, so that it ends when we are killed (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(last_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
