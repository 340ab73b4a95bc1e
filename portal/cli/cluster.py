"""A private PostgreSQL for development, the demo and the tests: made, started, recovered and stopped by us.

It listens on a socket in a directory only we may enter and nowhere else, and runs as a direct child, so that
a kill -9 is noticed at once and the next start finds no pid that still seems alive.
"""

from __future__ import annotations

import fcntl
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psycopg

from portal.cli.account import Account, AccountError, account_of, current_account
from portal.cli.binaries import OLDEST, Server, find_server
from portal.cli.places import socket_directory
from portal.cli.roles import ADMIN, APP, OWNER, create_database, create_roles, drop_database
from portal.cli.stale import clear_stale_pid, write_access

DATABASE = "portal"
PORT = 5432  # only part of the socket's name: nothing listens on a network
LOG_LIMIT = 10_000_000
START_SECONDS = 30.0
BUILT_IN_LOCALES = 17  # the first version that carries C.UTF-8 itself

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    # A failing statement or constraint would otherwise write people's answers into the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class ClusterError(RuntimeError):
    """The private PostgreSQL cannot be made or started; the message says why and what to do."""


@dataclass(frozen=True)
class Addresses:
    """Where one database is reached as each role: SQLAlchemy addresses (`postgresql+psycopg://…`)."""

    app: str
    owner: str
    admin: str


class Cluster:
    """One private PostgreSQL in a directory (`home`): start, stop, and what databases it holds.

    `durable=False` gives up safety for speed: for tests, whose data are thrown away.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._durable = durable
        self._sockets: Path | None = None
        self._lock: IO[str] | None = None

    def start(self) -> Addresses:
        """Make the cluster if it is new, start it, and return the addresses of its database `portal`.

        Raises ClusterError when another process uses it, there is no server program, or it will not start.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        first = self._lock is None
        self._take_lock()
        try:
            self._start()
        except BaseException as error:
            # A restart that failed keeps the lock and the socket's place: it will be tried again.
            if first:
                self.stop()
            if isinstance(error, AccountError):
                raise ClusterError(str(error)) from error
            raise
        with self.connect_admin("postgres") as connection:
            create_roles(connection)
        return self.create_database(DATABASE)

    def _start(self) -> None:
        account = account_of(self.data) if self.data.exists() else current_account()
        server = self._server(account)
        if not self.data.exists():
            self._initialise(server, account)
        write_access(self.data, account, (ADMIN, OWNER, APP))
        if self._sockets is None:
            self._sockets = self._new_sockets(account)
        self._launch(server, account)

    def stop(self) -> None:
        """Stop the server in good order (fast shutdown, then immediate) and remove its socket directory."""
        self._end_process()
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _end_process(self) -> None:
        if self.process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=15)
                break
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    def destroy(self) -> None:
        """Stop the server and delete everything it held; raises ClusterError if another process uses it."""
        if self.home.exists():
            self._take_lock()
        if self.process is None:
            self._clear_sockets()
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def running(self) -> bool:
        """Whether the server process is alive (and has been waited for if it is not)."""
        return self.process is not None and self.process.poll() is None

    def addresses(self, database: str = DATABASE) -> Addresses:
        """The addresses of one database of this cluster as each role."""
        return Addresses(*(self._address(role, database) for role in (APP, OWNER, ADMIN)))

    def create_database(self, name: str, template: str | None = None) -> Addresses:
        """Create a database owned by the owner role unless it exists, as a copy of another if asked."""
        with self.connect_admin("postgres") as connection:
            create_database(connection, name, template)
        with self.connect_admin(name) as connection:
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        return self.addresses(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whoever is still connected to it."""
        with self.connect_admin("postgres") as connection:
            drop_database(connection, name)

    def connect_admin(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection as the cluster's superuser, committing each statement; close it (`with`)."""
        return psycopg.connect(
            host=str(self._sockets),
            port=PORT,
            user=ADMIN,
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _address(self, role: str, database: str) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self._sockets), safe='/')}&port={PORT}"

    def _take_lock(self) -> None:
        """Hold a lock for as long as we run: two servers on one directory would be a disaster."""
        if self._lock is not None:
            return
        lock = (self.home / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise ClusterError(
                f"The database in {self.home} is in use: is the portal already running in another terminal?"
            ) from None
        self._lock = lock

    def _new_sockets(self, account: Account) -> Path:
        """A new directory for the socket, noted for whoever comes after us."""
        self._clear_sockets()
        made = socket_directory(account)
        (self.home / "socket.path").write_text(str(made))
        return made

    def _clear_sockets(self) -> None:
        """Remove the socket of a killed supervisor, after the server that may still have used it."""
        clear_stale_pid(self.data)
        noted = self.home / "socket.path"
        if noted.exists():
            shutil.rmtree(noted.read_text(), ignore_errors=True)

    def _server(self, account: Account) -> Server:
        version = self.data / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else None
        server = find_server(major)
        if server is None and major is not None:
            raise ClusterError(
                f"The data in {self.data} were made by PostgreSQL {major}, which this machine no longer has. "
                f"Install it, or forget the data with: make reset"
            )
        if server is None:
            raise ClusterError(
                f"No PostgreSQL {OLDEST} or newer here. Install one, run: make postgres, "
                "or set DATABASE_URL and DATABASE_URL_OWNER to a server of your own."
            )
        if account.can_enter(server.programs):
            return server
        # The wheel in a virtual environment below a closed home: a copy beside the data can be reached.
        copy = self.home / f"server-{server.major}"
        if not copy.exists():
            shutil.copytree(server.programs.parent, copy, symlinks=True)
        return Server(copy / server.programs.name, server.major, server.bundled)

    def _initialise(self, server: Server, account: Account) -> None:
        """Run initdb beside the final place and rename, so that none is left half made."""
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.own(unfinished)
        command = [server.program("initdb"), "-D", str(unfinished), "--username", ADMIN, "--encoding", "UTF8"]
        command += ["--auth-local", "peer", "--auth-host", "reject", "--no-sync", "--no-instructions"]
        problem = ""
        for locale in _locales(server.major):
            result = account.run([*command, *locale])
            if result.returncode == 0:
                unfinished.rename(self.data)
                return
            problem = result.stderr.strip()
        raise ClusterError(f"PostgreSQL could not make a database in {unfinished}:\n{problem}")

    def _launch(self, server: Server, account: Account) -> None:
        """Start `postgres` as our child and wait for an answer; tries again while a killed one winds down."""
        deadline = time.monotonic() + START_SECONDS
        settings = SETTINGS | (DURABLE if self._durable else THROWAWAY)
        settings["unix_socket_directories"] = str(self._sockets)
        command = [server.program("postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        while time.monotonic() < deadline:
            clear_stale_pid(self.data)
            mode = "ab" if not self.log.exists() or self.log.stat().st_size < LOG_LIMIT else "wb"
            with self.log.open(mode) as log:
                self.process = account.start(command, log, signal.SIGINT)
            if self._answers(deadline):
                return
            time.sleep(0.3)
        self._end_process()
        raise ClusterError(f"PostgreSQL did not start. The end of {self.log} says:\n{_tail(self.log)}")

    def _answers(self, deadline: float) -> bool:
        while self.running() and time.monotonic() < deadline:
            try:
                with self.connect_admin("postgres"):
                    return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False


def _locales(major: int) -> list[list[str]]:
    """Ways to ask for the C.UTF-8 locale, best first: it sorts the same on every machine."""
    built_in = (
        [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]] if major >= BUILT_IN_LOCALES else []
    )
    return [*built_in, ["--locale=C.UTF-8"], ["--locale=C"]]


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
