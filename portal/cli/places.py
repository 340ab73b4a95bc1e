"""Where a private PostgreSQL keeps its data and its socket, so that its account can reach them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from portal.cli.account import Account, current_account


def home_in(var: Path) -> tuple[Path, str]:
    """Where the cluster of a checkout lives (`var/postgres`), and a sentence when it has to be elsewhere.

    Root hands PostgreSQL to an unprivileged account, which cannot enter a checkout below /root or a closed
    home: the data then go below /var/tmp and `var/postgres.path` points there.
    """
    pointer = var / "postgres.path"
    if pointer.exists():
        elsewhere = Path(pointer.read_text().strip())
        if elsewhere.is_dir():
            return elsewhere, f"The database is kept in {elsewhere} (see {pointer})."
    var.mkdir(parents=True, exist_ok=True)
    account = current_account()
    if account.can_enter(var.resolve()):
        return var.resolve() / "postgres", ""
    roomy = Path("/var/tmp")  # noqa: S108 - mkdtemp makes a private directory in it
    made = Path(tempfile.mkdtemp(prefix="portal-postgres-", dir=roomy if roomy.is_dir() else None))
    made.chmod(0o711)
    pointer.write_text(f"{made}\n")
    return made, (
        f"PostgreSQL runs as '{account.name}', who cannot enter {var.resolve()}: "
        f"the database is kept in {made} instead (see {pointer})."
    )


def socket_directory(account: Account) -> Path:
    """A short directory for the socket: its path must stay below about 107 bytes, whatever TMPDIR says."""
    made = Path(tempfile.mkdtemp(prefix="portal-pg-", dir="/tmp"))
    made.chmod(0o700)
    account.own(made)
    return made
