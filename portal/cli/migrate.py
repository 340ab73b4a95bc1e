"""`portal migrate`: brings the database to the pinned version, as the role that owns its tables."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from portal.cli.instance import owner_address

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def configuration(owner_url: str) -> Config:
    """Alembic's configuration: no ini file, the address in `sqlalchemy.url` (with % doubled)."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    return made


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run the migrations up to `revision` as the owner; safe to repeat."""
    command.upgrade(configuration(owner_url), revision)


def downgrade(owner_url: str, revision: str = "base") -> None:
    """Run the migrations down to `revision` as the owner."""
    command.downgrade(configuration(owner_url), revision)


def newest() -> str:
    """The newest revision among the migration files; raises if there are two."""
    return ScriptDirectory.from_config(configuration("")).get_current_head() or ""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `portal migrate [--to REVISION] [--down]`."""
    parser = commands.add_parser("migrate", help="bring the database to the newest version, as its owner")
    parser.add_argument("--to", metavar="REVISION", help="a revision (default: the newest, or 'base' with --down)")
    parser.add_argument("--down", action="store_true", help="go back instead of forward")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Migrate the database of DATABASE_URL_OWNER, or of the private server that is running."""
    url = owner_address(os.environ)
    if not url:
        sys.stderr.write("Set DATABASE_URL_OWNER to the address of the role that owns the tables.\n")
        return 2
    if arguments.down:
        downgrade(url, arguments.to or "base")
    else:
        upgrade(url, arguments.to or "head")
    sys.stdout.write("The database is at the asked version.\n")
    return 0
