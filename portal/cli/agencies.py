"""`portal agencies`: judges email addresses by a council's domain rules, without a database; takes in files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from portal.auth.agency_rules import DomainRule, match
from portal.cli import agency_files, folders
from portal.forms.folder import FolderMistakes, load_agencies
from portal.tenants.agency_list import rules_of


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Register `portal agencies match`."""
    actions = subparsers.add_parser("agencies", help="try a council's email domains, take in files").add_subparsers(
        metavar="ACTION", required=True
    )
    agency_files.add(actions)
    parser = actions.add_parser(
        "match", help="a JSON array of addresses in, a JSON array of {address, accepted, agencies, reason} out"
    )
    parser.add_argument("--council", required=True, metavar="SLUG")
    parser.add_argument("--published", action="store_true", help="use what the running instance has published")
    folders.add_councils_option(parser)
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    if not parsed.published:
        return match_addresses(parsed.councils, parsed.council, sys.stdin, sys.stdout)
    from portal.cli import published  # the only path that needs a database

    try:
        rules = published.domain_rules(parsed.council)
    except published.NoInstanceError as trouble:
        print(trouble, file=sys.stderr)
        return 2
    return answer(rules, parsed.council, sys.stdin, sys.stdout)


def match_addresses(councils: Path, slug: str, source: TextIO, target: TextIO) -> int:
    """Judge the addresses of a JSON array by the rules in a council's folder; 0, or 2 when asked wrongly."""
    folder = folders.folder_of(councils, slug)
    if folder is None:
        return answer(None, slug, source, target)
    try:
        agencies = load_agencies(folder)
    except FolderMistakes as found:
        folders.tell(found)
        return 2
    return answer(rules_of(agencies), slug, source, target)


def answer(rules: Sequence[DomainRule] | None, slug: str, source: TextIO, target: TextIO) -> int:
    """Write the judgement of each address read from `source`; None for the rules means an unknown council."""
    if rules is None:
        print(f"there is no council {slug!r}", file=sys.stderr)
        return 2
    try:
        addresses = json.load(source)
    except (ValueError, RecursionError) as trouble:
        print(f"standard input is not JSON: {trouble}", file=sys.stderr)
        return 2
    if not isinstance(addresses, list):
        print("standard input must be a JSON array of addresses", file=sys.stderr)
        return 2
    json.dump([_judged(address, rules) for address in addresses], target, ensure_ascii=True, indent=1)
    target.write("\n")
    return 0


def _judged(address: object, rules: Sequence[DomainRule]) -> dict[str, object]:
    found = match(address, rules)
    return {
        "address": address,
        "accepted": found.accepted,
        "agencies": list(found.agencies),
        "reason": found.reason,
    }
