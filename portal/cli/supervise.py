"""`portal demo`: the whole portal on one machine, supervised: PostgreSQL, the web server and the worker."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portal.cli.account import AccountError
from portal.cli.children import BackOff, Child, stop_all
from portal.cli.cluster import Cluster, ClusterError
from portal.cli.instance import ROOT, demo_secrets, instance_file, var_directory, write_private
from portal.cli.places import home_in
from portal.cli.private_clamd import PrivateClamd
from portal.cli.scanner import find_clamd
from portal.cli.signins import table

READY_SECONDS = 120.0
STOP_SECONDS = 20.0
POLL = 0.2
LAST_PORT = 65_535
SIGN_INS = "sign-ins.txt"


class DemoError(RuntimeError):
    """The demonstration cannot start; the message says why and what to do."""


class StoppedError(Exception):
    """Somebody asked us to stop while we were starting."""


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


@dataclass
class Demo:
    """Everything `make run` starts, in the order it is started; it is stopped the other way round."""

    var: Path
    environ: dict[str, str]
    cluster: Cluster | None = None
    children: list[Child] = field(default_factory=list)
    scanner: list[Child] = field(default_factory=list)
    clamd: PrivateClamd | None = None
    back_off: BackOff = field(default_factory=BackOff)
    stopping: bool = False
    announced: bool = False

    @property
    def port(self) -> int:
        """The port to serve on."""
        return int(self.environ["PORT"])

    def run(self) -> int:
        """Start everything, keep it alive until asked to stop, stop everything."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        check_port(self.environ.get("LISTEN") or "127.0.0.1", self.port)
        try:
            self._start()
            while not self.stopping:
                self._tend()
                time.sleep(POLL)
        except StoppedError:
            pass
        finally:
            self._stop()
        return 0

    def _start(self) -> None:
        if not self.environ.get("DATABASE_URL"):
            self._start_cluster()
        self.announced = True
        self._start_scanner()
        write_private(instance_file(self.var), {key: self.environ[key] for key in _SHARED if key in self.environ})
        self._prepare()
        portal = [sys.executable, "-P", "-m", "portal.cli"]
        mine = [
            Child("web server", [*portal, "serve"], self.environ),
            Child("worker", [*portal, "worker"], self.environ),
        ]
        self.children = [*self.scanner, *mine]
        for child in mine:
            child.start()
        self._wait_until_served()
        say(f"\nThe portal is at {self.environ['BASE_URL']}/  (Ctrl-C stops it)\n")
        people = self.var / SIGN_INS
        if people.exists():
            say(people.read_text())

    def _start_scanner(self) -> None:
        """Unless one was named, a scanner that knows test strings only: the demonstration shows what would happen."""
        if self.environ.get("SCANNER"):
            return
        program = find_clamd()
        if program is None:
            say("No clamd is installed: attached files stay “being checked” (apt-get install clamav-daemon).")
            return
        self.clamd = PrivateClamd(program)
        self.environ |= {"SCANNER": self.clamd.address, "SCANNER_DAYS": "0"}
        self.scanner = [Child("scanner", self.clamd.command(), self.environ, quiet=True)]
        self.scanner[0].start()
        self.children = list(self.scanner)

    def _start_cluster(self) -> None:
        home, note = home_in(self.var)
        if note:
            say(note)
        self.cluster = Cluster(home)
        addresses = self.cluster.start()
        self.back_off.begun()
        self.environ |= {"DATABASE_URL": addresses.app, "DATABASE_URL_OWNER": addresses.owner}

    def _prepare(self) -> None:
        """Migrate, load the councils and seed in a process of its own, whose memory we do not keep."""
        started = Child("preparation", [sys.executable, "-P", "-m", "portal.cli", "demo", "--prepare"], self.environ)
        self.children = [*self.scanner, started]
        started.start()
        process = started.process
        while process is not None and process.poll() is None:
            self._heed()
            time.sleep(POLL / 4)
        if process is not None and process.returncode:
            raise DemoError("The database could not be prepared (see above).")

    def _wait_until_served(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        address = f"http://{self.environ.get('HOST') or '127.0.0.1'}:{self.port}/"
        while not answers(address):
            self._heed()
            self._tend()
            if time.monotonic() > deadline:
                raise DemoError(f"Nothing answers at {address} after {READY_SECONDS:g} s (see above).")
            time.sleep(POLL)

    def _tend(self) -> None:
        for child in self.children:
            child.tend(say)
        if self.cluster is None or self.cluster.running():
            return
        if self.cluster.process is not None:
            pause = self.back_off.died()
            self.cluster.process = None
            say(f"PostgreSQL stopped; starting it again in {pause:g} s.")
        elif time.monotonic() >= self.back_off.due:
            self.back_off.begun()
            try:
                self.cluster.start()
            except ClusterError as error:
                say(str(error))
                say(f"Trying again in {self.back_off.died():g} s.")

    def _heed(self) -> None:
        if self.stopping:
            raise StoppedError

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stopping = True

    def _stop(self) -> None:
        if self.announced:
            say("\nStopping.")
            instance_file(self.var).unlink(missing_ok=True)
        stop_all(self.children, STOP_SECONDS)
        if self.clamd is not None:
            self.clamd.forget()
        if self.cluster is not None:
            self.cluster.stop()


_SHARED = (
    "DATABASE_URL", "DATABASE_URL_OWNER", "SECRET_KEY", "ROOT_KEY", "DEMO", "BASE_URL", "PORT", "MAIL",
    "PORTAL_OPERATOR_SIGN_IN", "STORAGE", "SCANNER", "SCANNER_DAYS",
)  # fmt: skip


def check_port(host: str, port: int) -> None:
    """Raise DemoError with a way out when the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DemoError(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop what is using it, or choose another: PORT={port + 1} make run"
            ) from None


def answers(address: str) -> bool:
    """Whether a web server answers there, whatever it answers."""
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - an address on this machine
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def demo_environment(environ: dict[str, str], var: Path) -> dict[str, str]:
    """The settings of a demonstration: what the person set, over keys made once for this checkout."""
    port = environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) <= LAST_PORT:
        raise DemoError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    made = {
        "DEMO": "true",
        "MAIL": "outbox",
        "PORTAL_OPERATOR_SIGN_IN": "app",
        "BASE_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "WARNING",
        "STORAGE": str(var.absolute() / "files"),
    }
    if environ.get("DATABASE_URL") and not environ.get("DATABASE_URL_OWNER"):
        raise DemoError("DATABASE_URL needs DATABASE_URL_OWNER beside it: the role that owns the tables.")
    asked = {name: value for name, value in environ.items() if value}
    # Log-in shells set MAIL to the path of a mailbox, which nobody meant for us.
    if asked.get("MAIL", "").startswith("/"):
        del asked["MAIL"]
    return made | demo_secrets(var) | asked | {"PORT": port}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `portal demo`."""
    parser = commands.add_parser("demo", help="the whole portal with fictional people, on this machine")
    parser.add_argument("--prepare", action="store_true", help="only migrate, load both councils and seed")
    parser.add_argument("--forget", action="store_true", help="delete its database and keys")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration until Ctrl-C, or only prepare its database."""
    var = var_directory(os.environ)
    if arguments.prepare:
        return prepare(var)
    try:
        if arguments.forget:
            return forget(var)
        return Demo(var, demo_environment(dict(os.environ), var)).run()
    except (DemoError, ClusterError, AccountError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def forget(var: Path) -> int:
    """Delete the demonstration's data; refuses (ClusterError) while it is running."""
    if var.exists():
        Cluster(home_in(var)[0]).destroy()
        shutil.rmtree(var)
    say("The demonstration's data are gone.")
    return 0


def prepare(var: Path) -> int:
    """Migrate, load every council folder and seed the people; safe to repeat, keeps what is there."""
    # Loaded only here: the supervisor itself stays small for as long as it runs.
    from config.settings import load
    from portal import cli
    from portal.cli import demo, migrate

    settings = load(os.environ)
    migrate.upgrade(settings.database_url_owner)
    for folder in sorted(path for path in (ROOT / settings.councils).iterdir() if (path / "council.yaml").is_file()):
        code = cli.main(["council", "apply", str(folder)])
        if code:
            return code
    code = cli.main(["templates", "apply"])
    if code:
        return code
    running = demo.operators()
    (var / SIGN_INS).write_text(table([*demo.seed(settings), *running]) + "\n")
    return 0
