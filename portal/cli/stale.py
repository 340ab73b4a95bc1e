"""What a killed PostgreSQL leaves behind, cleared with care; and who may connect to a private one."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from portal.cli.account import Account

MAP = "portal"
PATIENCE = 15.0


def write_access(data: Path, account: Account, roles: Sequence[str]) -> None:
    """Let two accounts of this machine in as the portal's roles, by the word of the kernel."""
    people = {account.name, pwd.getpwuid(os.geteuid()).pw_name}
    lines = [f"{MAP} {person} {role}" for person in sorted(people) for role in roles]
    _write(data / "pg_ident.conf", "\n".join(lines) + "\n", account)
    _write(data / "pg_hba.conf", f"local all all peer map={MAP}\n", account)


def _write(path: Path, text: str, account: Account) -> None:
    path.write_text(text)
    path.chmod(0o600)
    account.own(path)


def clear_stale_pid(data: Path) -> None:
    """Make way for a start after a kill -9: never deletes the pid file while its process may be a server.

    A server of ours that outlived its supervisor is stopped first. A number that now is another program's or
    nobody's makes the file stale. Our own lock on the directory is already held when this runs.
    """
    pid_file = data / "postmaster.pid"
    pid = _pid_in(pid_file)
    if pid is None or pid == os.getpid():
        return
    if _is_server_on(pid, data):
        _stop_orphan(pid, data)
    if not alive(pid) or not _is_postgres(pid):
        pid_file.unlink(missing_ok=True)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be collected (a zombie) does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state not in ("Z", "X")


def _pid_in(pid_file: Path) -> int | None:
    try:
        return abs(int(pid_file.read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def _command(pid: int) -> str:
    """The command line of a process, from /proc or from `ps`."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        answer = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return answer.stdout


def _is_postgres(pid: int) -> bool:
    return "postgres" in _command(pid)


def _is_server_on(pid: int, data: Path) -> bool:
    return alive(pid) and f"-D {data} " in _command(pid)


def _stop_orphan(pid: int, data: Path) -> None:
    for how in (signal.SIGINT, signal.SIGQUIT):
        os.kill(pid, how)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not _is_server_on(pid, data):
                return
            time.sleep(0.1)
