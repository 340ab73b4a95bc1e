"""`portal templates`: loads the templates of the shared library from their folders, and lists what is loaded."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from portal.forms import template_folder
from portal.forms.files import FormMistakes
from portal.forms.template_folder import TEMPLATE, Template

TEMPLATES = Path(__file__).resolve().parents[2] / "config" / "templates"
"""The templates that come with this installation."""


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Register `portal templates apply` and `portal templates list`."""
    actions = subparsers.add_parser("templates", help="the shared library of forms").add_subparsers(
        metavar="ACTION", required=True
    )
    apply = actions.add_parser("apply", help="check every template, then load all of them or none; safe to repeat")
    apply.add_argument("folder", type=Path, metavar="DIR", nargs="?", default=TEMPLATES)
    apply.set_defaults(run=lambda parsed: apply_folder(parsed.folder))
    listing = actions.add_parser("list", help="the templates that are loaded, with their numbers")
    listing.set_defaults(run=lambda _parsed: list_loaded())


def checked(folder: Path) -> list[Template] | None:
    """Read one template's folder or a folder of them; None, with every mistake told, when anything is wrong."""
    folders = [folder] if (folder / TEMPLATE).is_file() else sorted(folder.glob(f"*/{TEMPLATE}"))
    if not folders:
        print(f"{folder}: no template here (a template is a folder with {TEMPLATE})", file=sys.stderr)
        return None
    found, wrong = [], 0
    for each in (one if one.is_dir() else one.parent for one in folders):
        try:
            found.append(template_folder.load(each))
        except FormMistakes as trouble:
            wrong += len(trouble.mistakes)
            for mistake in trouble.mistakes:
                print(f"{each / mistake.file}:{mistake.line}: {mistake.message}", file=sys.stderr)
    if wrong:
        print(f"{wrong} mistake{'' if wrong == 1 else 's'} in {folder}; nothing was changed", file=sys.stderr)
        return None
    return found


def apply_folder(folder: Path) -> int:
    """Bring the library to what sound folders say: 0, or 1 when one was refused and nothing has changed."""
    found = checked(folder)
    if found is None:
        return 1
    # Checking must answer in a moment: only loading needs the database's side.
    from portal.cli import published
    from portal.forms.commands import templates

    try:
        with published.connected(owner=True):
            done = [templates.apply(each) for each in found]
    except published.NoInstanceError as trouble:
        print(f"nothing was changed: {trouble}", file=sys.stderr)
        return 1
    for one in done:
        print(f"{one.key}: {'loaded' if one.changed else 'already as the folder says'}; number {one.number}")
    return 0


def list_loaded() -> int:
    """One line for each template: its key, newest number, form, nation and title."""
    from portal.cli import published
    from portal.forms.queries import library

    try:
        with published.connected():
            found = library.loaded()
    except published.NoInstanceError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    for each in found:
        print(f"{each.key} {each.number} {each.form_key} {each.nation or 'both'}: {each.title.get('en', '')}")
    return 0
