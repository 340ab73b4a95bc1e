"""`portal agencies import`: takes agencies from a published file into a council's register, or says what it would."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from portal.tenants import agency_files
from portal.tenants.agency_files import BadFile, Read
from portal.tenants.agency_layouts import LAYOUTS

_BAD = {
    "empty": "there is nothing in this file",
    "too_large": f"this file is larger than {agency_files.MOST_BYTES // 1_000_000} MB",
    "not_text": "this is not a CSV file",
    "encoding": "this file is neither UTF-8 nor Windows-1252",
    "unreadable": "this is not a whole CSV file",
    "layout": "this file has another layout",
    "many": f"this file has more than {agency_files.MOST_ROWS} agencies: choose an area with --authority",
}
_ROW = {
    "width": "has another number of cells than the first line",
    "control": "has characters that cannot be read",
    "formula": "begins like a formula",
    "no_name": "has no name",
    "long_name": "has a name that is too long",
    "number": "has a number that is not one of the register",
    "kind": "is of a kind that does not report",
    "twice": "has the same number as line",
}


def add(actions: argparse._SubParsersAction[Any]) -> None:
    """Register the action."""
    parser = actions.add_parser("import", help="take agencies from a published file of schools or NHS organisations")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--council", required=True, metavar="SLUG")
    parser.add_argument("--layout", required=True, choices=tuple(LAYOUTS))
    parser.add_argument("--authority", default="", metavar="CODE", help="only the schools of this local authority")
    parser.add_argument("--preview", action="store_true", help="say what would change, and change nothing")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """0: done, or there is nothing to do; 1: refused, and nothing was changed; 2: asked wrongly."""
    try:
        found = agency_files.read(asked.file.read_bytes(), asked.layout, asked.authority)
    except OSError as trouble:
        print(f"{asked.file} cannot be read: {trouble.strerror}", file=sys.stderr)
        return 2
    except BadFile as bad:
        missing = f"no column {', '.join(bad.missing)}, or it is there twice"
        print(f"{asked.file}: {missing if bad.missing else _BAD[bad.code]}", file=sys.stderr)
        return 1
    _tell_mistakes(asked.file, found)
    from portal.cli import published  # only what follows needs a database

    try:
        with published.connected():
            return _take(asked, found)
    except published.NoInstanceError as trouble:
        print(f"nothing was changed: {trouble}", file=sys.stderr)
        return 1


def _tell_mistakes(file: Path, found: Read) -> None:
    for one in found.mistakes:
        where = f" ({one.column})" if one.column else ""
        print(f"{file}:{one.line}: {_ROW[one.code]}{where}", file=sys.stderr)


def _take(asked: argparse.Namespace, found: Read) -> int:
    from portal.cli import published
    from portal.kernel import db, scope
    from portal.kernel.scope import Scope
    from portal.tenants.commands import agencies
    from portal.tenants.commands import agency_files as commands
    from portal.tenants.queries.agency_files import plan

    council = published.council(asked.council)
    if council is None:
        print(f"there is no council {asked.council!r}", file=sys.stderr)
        return 2
    with db.unit_of_work(Scope(council=council, actor=scope.SYSTEM)):
        agencies.lock()
        planned = plan(found.rows)
        for one in planned.rows:
            domain = f", domain to confirm: {one.domain}" if one.domain else ""
            print(f"{one.what} {one.row.scheme} {one.row.identifier} {one.row.name}{domain}")
        if asked.preview:
            return 0
        number = commands.take_rows(scope.SYSTEM, asked.layout, planned, {one.row.line for one in planned.takeable})
    print(f"{asked.council}: {number} rows taken, {len(found.mistakes)} with mistakes")
    return 0
