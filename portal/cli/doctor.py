"""`portal doctor`: one line a check, to see what is wrong with an instance before its users do."""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import os
import smtplib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from config import settings as configuration
from portal.adapters import clamd, email, storage
from portal.cli import migrate, published, root_keys_check, scanner_check
from portal.cli.binaries import OLDEST
from portal.cli.instance import ROOT, environment
from portal.kernel import startup
from portal.kernel.errors import Unavailable

HEARTBEAT_SECONDS = 60
PATIENCE = 5
MAIL_OK = 250

PROTECTED = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
 WHERE c.relrowsecurity AND c.relforcerowsecurity
"""
TEMPLATES = "SELECT count(DISTINCT key) FROM form_template"
HEARTBEAT = """
SELECT count(*), coalesce(extract(epoch FROM now() - max(last_heartbeat)), 0) FROM procrastinate_workers
"""

Connection = psycopg.Connection[tuple[object, ...]]


class WrongError(Exception):
    """A check failed; the message says what is wrong, without secrets."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check."""

    name: str
    good: bool
    words: str

    def line(self) -> str:
        """One line for the terminal."""
        return f"{'ok    ' if self.good else 'FAILED'}  {self.name}: {self.words}"


def check(name: str, examine: Callable[[], str]) -> Finding:
    """Run one check: its words when all is well, what is wrong otherwise; never raises."""
    try:
        return Finding(name, True, examine())
    except WrongError as error:
        return Finding(name, False, str(error))
    except psycopg.Error as error:
        return Finding(name, False, f"the database refuses ({type(error).__name__})")
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return Finding(name, False, type(error).__name__)


def role(connection: Connection) -> str:
    """The application's role must be bound by row-level security."""
    row = connection.execute(startup.ROLE.text).fetchone()
    if row is None:
        raise WrongError("the role is unknown")
    name, superuser, bypass, owner = row
    faults = [
        words
        for wrong, words in (
            (superuser, "is a superuser"),
            (bypass, "has BYPASSRLS"),
            (owner, "owns tables"),
        )
        if wrong
    ]
    if faults:
        raise WrongError(f"{name} {' and '.join(faults)}: use portal_app for DATABASE_URL")
    return f"{name} owns nothing and cannot pass row-level security"


def version(connection: Connection) -> str:
    """The database must be at the newest migration, and that must be the pinned one."""
    pinned = startup.pinned_head()
    newest = migrate.newest()
    if newest != pinned:
        raise WrongError(f"migrations/HEAD says {pinned}, the newest file is {newest}")
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None or row[0] != newest:
        raise WrongError(f"the database is at {row[0] if row else 'nothing'}, not {newest}: run portal migrate")
    return newest


def row_security(connection: Connection) -> str:
    """Every table with a council's column must be protected."""
    open_tables = [str(row[0]) for row in connection.execute(startup.WALLS.text)]
    if open_tables:
        raise WrongError(f"not protected: {', '.join(open_tables)}")
    row = connection.execute(PROTECTED).fetchone()
    if row is None or not row[0]:
        raise WrongError("no table is protected: is this the right database?")
    return f"{row[0]} tables enabled and forced"


def heartbeat(connection: Connection) -> str:
    """A worker must have been heard of lately."""
    row = connection.execute(HEARTBEAT).fetchone()
    count, seconds = (int(str(row[0])), float(str(row[1]))) if row else (0, 0.0)
    if not count:
        raise WrongError("no worker is running: start portal worker")
    if seconds > HEARTBEAT_SECONDS:
        raise WrongError(f"last heard of {seconds:.0f} s ago")
    return f"heard of {seconds:.0f} s ago"


def templates(connection: Connection) -> str:
    """The shared library must have been loaded: councils start their forms from it."""
    row = connection.execute(TEMPLATES).fetchone()
    if row is None or not row[0]:
        raise WrongError("none is loaded: run portal templates apply")
    return f"{row[0]} loaded"


def solver(name: str = "z3") -> str:
    """What the proof of a council's rules is made with must be there, and tell truth from contradiction."""
    try:
        z3 = importlib.import_module(name)
    except (ImportError, OSError):
        raise WrongError("z3 is missing, so no form can be published: install requirements/runtime.txt") from None
    said, search = z3.Bool("said"), z3.Solver()
    search.add(said)
    possible = search.check() == z3.sat
    search.add(z3.Not(said))
    if not possible or search.check() != z3.unsat:
        raise WrongError("z3 does not reason as it must")
    return f"z3 {z3.get_version_string()} can prove"


def assets(static: Path = ROOT / "portal" / "static") -> str:
    """Every file of the manifest must be there."""
    manifest = static / "manifest.json"
    if not manifest.is_file():
        raise WrongError("not built: run make assets")
    names = json.loads(manifest.read_text()).values()
    missing = sorted(name for name in names if not (static / name).is_file())
    if missing:
        raise WrongError(f"missing: {', '.join(missing)}")
    return f"{len(names)} files"


def welsh(catalogue: Path = ROOT / "portal" / "translations" / "cy" / "LC_MESSAGES" / "messages.mo") -> str:
    """The Welsh catalogue must be compiled from the text we have."""
    source = catalogue.with_suffix(".po")
    if not catalogue.is_file():
        raise WrongError("not compiled: run make build")
    if source.is_file() and source.stat().st_mtime > catalogue.stat().st_mtime:
        raise WrongError("older than its text: run make build")
    return "compiled"


def mail_server(mail: str) -> str:
    """The mail server must answer."""
    if mail == "outbox":
        return "kept on the outbox page (demonstration)"
    place = urlsplit(mail)
    kind = smtplib.SMTP_SSL if place.scheme == "smtps" else smtplib.SMTP
    with kind(place.hostname or "", place.port or 0, timeout=PATIENCE) as server:
        code, _ = server.noop()
    if code != MAIL_OK:
        raise WrongError(f"answers {code}")
    return f"{place.hostname} answers"


def notify(settings: configuration.Settings) -> str:
    """GOV.UK Notify must know our key and have the template."""
    try:
        email.mailer_for(settings.mail, "", email.Notify(*settings.notify())).check()
    except Unavailable as error:
        raise WrongError(str(error)) from None
    return "GOV.UK Notify has the template"


def store(settings: configuration.Settings) -> str:
    """The store of attached files must take an object and give it back."""
    place = "a bucket" if settings.storage.startswith("s3://") else "a folder"
    try:
        storage.store_for(settings.storage, settings.s3()).check()
    except Unavailable as error:
        raise WrongError(f"{place}: {error}") from None
    return f"{place} takes a file and gives it back"


def scanner(settings: configuration.Settings) -> str:
    """The scanner must find what is harmful, and say when it did not look."""
    if not settings.scanner:
        raise WrongError("SCANNER is not set, so NO ATTACHED FILE EVER BECOMES READY: run clamd (docs/running.md)")
    asked = clamd.scanner_for(settings.scanner, settings.scanner_days)
    if wrong := scanner_check.fault(asked):
        raise WrongError(wrong)
    return f"ClamAV {asked.signatures().version} finds the test string, and says when it did not look"


def root_keys() -> str:
    """Every key must be wrapped with a root key that is set."""
    try:
        wrong, words = root_keys_check.examined()
    except published.NoInstanceError as error:
        raise WrongError(str(error)) from None
    if wrong:
        raise WrongError(wrong)
    return words


def examine() -> list[Finding]:
    """Every check, in order; those that need the settings or the database stop where these are missing."""
    findings = [check("front-end assets", assets), check("Welsh catalogue", welsh)]
    findings.append(check("proof of rules", solver))
    try:
        settings = configuration.load(environment(os.environ))
    except configuration.SettingsMistakes as error:
        return [Finding("settings", False, "; ".join(error.mistakes)), *findings]
    findings.insert(0, Finding("settings", True, "demonstration" if settings.demo else "real"))
    mail = (lambda: notify(settings)) if settings.mail == "notify" else lambda: mail_server(settings.mail)
    findings.append(check("mail server", mail))
    findings.append(check("store of files", lambda: store(settings)))
    findings.append(check("scanner of files", lambda: scanner(settings)))
    address = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        connection = psycopg.connect(address, autocommit=True, connect_timeout=PATIENCE)
    except psycopg.Error as error:
        return [*findings, Finding("database", False, f"not reached ({type(error).__name__})")]
    with connection:
        number = connection.info.server_version // 10000
        findings.append(Finding("database", number >= OLDEST, f"PostgreSQL {number}"))
        for name, examiner in _DATABASE_CHECKS:
            findings.append(check(name, functools.partial(examiner, connection)))
    findings.append(check("root keys", root_keys))
    return findings


_DATABASE_CHECKS: tuple[tuple[str, Callable[[Connection], str]], ...] = (
    ("database role", role),
    ("database version", version),
    ("row-level security", row_security),
    ("shared library", templates),
    ("worker", heartbeat),
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `portal doctor`."""
    parser = commands.add_parser("doctor", help="check an instance, one line a check")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; exit 1 if any check failed."""
    del arguments
    findings = examine()
    sys.stdout.write("".join(f"{finding.line()}\n" for finding in findings))
    return 0 if all(finding.good for finding in findings) else 1
