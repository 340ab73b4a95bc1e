"""`portal keys rotate`: a new key for every council, and every record's key under it."""

from __future__ import annotations

import argparse
import sys
from typing import Any


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Register `portal keys`."""
    actions = commands.add_parser("keys", help="the keys of councils").add_subparsers(required=True)
    rotate = actions.add_parser("rotate", help="make new council keys and wrap every record's key with them")
    rotate.add_argument("slug", nargs="*", help="which councils; all when none is named")
    rotate.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Rotate; 1 with a sentence when there is no such council or no instance. Killed, it is run again and goes on."""
    import portal.models  # noqa: F401 - every table must be known, whichever package it belongs to
    from portal.cli import published
    from portal.tenants.commands import rotating

    try:
        with published.connected(owner=True):
            known = {one.slug: one for one in published.councils()}
            unknown = [slug for slug in parsed.slug if slug not in known]
            if unknown:
                print(f"there is no council {', '.join(unknown)}", file=sys.stderr)
                return 1
            for slug in parsed.slug or known:
                version, changed = rotating.rotate(known[slug])
                print(f"{slug}: key {version}, {changed} records' keys wrapped with it")
    except published.NoInstanceError as error:
        print(str(error), file=sys.stderr)
        return 1
    print("Run it again in a minute: what processes wrapped with an older key meanwhile is then found, too.")
    return 0
