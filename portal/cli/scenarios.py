"""`portal scenarios run`: tries worked examples against the councils' rules, without a database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from portal.cli import folders
from portal.forms import scenarios
from portal.forms.families import CONCERN, FAMILIES
from portal.forms.folder import FolderMistakes, load_rules
from portal.forms.questionnaire import Form
from portal.forms.thresholds import Thresholds

Rules = tuple[Form, Thresholds]


class CouncilRules(Mapping[str, Rules]):
    """The rules of every council in a folder, each read when the first scenario needs it."""

    def __init__(self, councils: Path, family: str = CONCERN) -> None:
        self.councils = councils
        self.family = family
        self.known: dict[str, Rules] = {}
        self.slugs = folders.slugs_in(councils)

    def __getitem__(self, slug: str) -> Rules:
        if slug not in self.slugs:
            raise KeyError(slug)
        if slug not in self.known:
            self.known[slug] = load_rules(self.councils / slug, self.family)
        return self.known[slug]

    def __contains__(self, slug: object) -> bool:
        return slug in self.slugs

    def __iter__(self) -> Iterator[str]:
        return iter(self.slugs)

    def __len__(self) -> int:
        return len(self.slugs)


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Register `portal scenarios run`."""
    actions = subparsers.add_parser("scenarios", help="try a file of scenarios").add_subparsers(
        metavar="ACTION", required=True
    )
    parser = actions.add_parser("run", help="print each difference from what a scenario expects")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--published", action="store_true", help="use what the running instance has published")
    parser.add_argument(
        "--form", choices=FAMILIES, help="which form they are about (from the file's folder in forms/, else concern)"
    )
    folders.add_councils_option(parser)
    parser.set_defaults(run=_run)


def _run(parsed: argparse.Namespace) -> int:
    family = parsed.form or family_of(parsed.file)
    if not parsed.published:
        return run_file(parsed.councils, parsed.file, sys.stdout, family)
    from portal.cli import published  # the only path that needs a database

    try:
        return try_file(parsed.file, published.rules(family), sys.stdout)
    except published.NoInstanceError as trouble:
        print(trouble, file=sys.stderr)
        return 2


def family_of(file: Path) -> str:
    """The family that a file of scenarios is about: that of its folder in `forms/`, else the concern."""
    folder = file.resolve().parent
    return folder.name if folder.parent.name == "forms" and folder.name in FAMILIES else CONCERN


def run_file(councils: Path, file: Path, target: TextIO, family: str = CONCERN) -> int:
    """Run a file of scenarios by the rules in the councils' folders: 0 all passed, 1 some failed, 2 asked wrongly."""
    try:
        return try_file(file, CouncilRules(councils, family), target)
    except OSError as trouble:
        print(f"{councils} cannot be read: {trouble.strerror}", file=sys.stderr)
        return 2
    except FolderMistakes as found:
        folders.tell(found)
        return 2


def try_file(file: Path, councils: scenarios.Councils, target: TextIO) -> int:
    """Run a file of scenarios by the given rules, writing a line for each difference and a closing line."""
    try:
        found = scenarios.scenarios_in(json.loads(file.read_bytes()))
    except OSError as trouble:
        print(f"{file} cannot be read: {trouble.strerror}", file=sys.stderr)
        return 2
    except (ValueError, RecursionError) as trouble:
        print(f"{file} is not a file of scenarios: {trouble}", file=sys.stderr)
        return 2
    report = scenarios.run(found, councils, datetime.now(UTC))
    target.writelines(f"{line}\n" for line in report.lines)
    return 0 if report.failed == 0 else 1
