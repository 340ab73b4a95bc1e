"""`portal keys`: a new key for every council and every record's key under it; a new root key and theirs under it."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from config import settings as configuration


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Register `portal keys`."""
    actions = commands.add_parser("keys", help="the keys of councils").add_subparsers(required=True)
    rotate = actions.add_parser("rotate", help="make new council keys and wrap every record's key with them")
    rotate.add_argument("slug", nargs="*", help="which councils; all when none is named")
    rotate.set_defaults(run=run)
    new = actions.add_parser("new-root", help="print a new root key, sealed by the key service where KMS is set")
    new.set_defaults(run=new_root)
    again = actions.add_parser("rewrap-root", help="wrap with ROOT_KEY what those of ROOT_KEYS_OTHER wrap")
    again.set_defaults(run=rewrap_root)


def run(parsed: argparse.Namespace) -> int:
    """Rotate; 1 with a sentence when there is no such council or no instance. Killed, it is run again and goes on."""
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


def new_root(parsed: argparse.Namespace) -> int:
    """Print a new root key, as the setting is written; its name goes to standard error."""
    del parsed
    from portal.adapters import root_keys
    from portal.cli.instance import environment
    from portal.kernel.errors import Unavailable

    try:
        settings = configuration.load(environment(os.environ))
        service = root_keys.service_for(settings.kms, settings.kms_region)
        value = root_keys.new_value(service)
        made = root_keys.ring_for([value], service)
    except (configuration.SettingsMistakes, Unavailable) as error:
        print(str(error), file=sys.stderr)
        return 1
    print(f"the root key {made.name}, for ROOT_KEYS_OTHER first (docs/running.md):", file=sys.stderr)
    print(value)
    return 0


def rewrap_root(parsed: argparse.Namespace) -> int:
    """Wrap everything with the current root key; 1 while something is left. Killed, it is run again and goes on."""
    del parsed
    from portal.cli import published, root_keys_check
    from portal.kernel import ring
    from portal.tenants.commands import rewrapping

    try:
        with published.connected(owner=True):
            councils = published.councils()
            changed = rewrapping.rewrap(councils)
            left, held = rewrapping.remaining(councils), ring.held()
    except published.NoInstanceError as error:
        print(str(error), file=sys.stderr)
        return 1
    print(f"{changed} keys wrapped with the root key {held.name}")
    for line in root_keys_check.lines(held, left):
        print(line)
    return 1 if left.total() else 0
