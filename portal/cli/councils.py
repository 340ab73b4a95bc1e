"""`portal council`: checks a council's folder, naming every mistake by file and line, and loads it when it is sound."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.cli import folders, leaving
from portal.forms.family_reading import FamilyFolder
from portal.forms.folder import CouncilFolder, FolderMistakes, load

if TYPE_CHECKING:
    from portal.forms.commands.apply import Applied


def add(subparsers: argparse._SubParsersAction[Any]) -> None:
    """Register what can be done with a council."""
    actions = subparsers.add_parser("council", help="check a council's folder, and load it").add_subparsers(
        metavar="ACTION", required=True
    )
    apply = actions.add_parser("apply", help="check the folder, then load all of it or nothing; safe to repeat")
    apply.add_argument("folder", type=Path, metavar="DIR")
    apply.add_argument(
        "--replace-designed",
        action="store_true",
        help="publish the folder's forms also where a newer version was made in the portal",
    )
    apply.add_argument(
        "--replace-settings",
        action="store_true",
        help="take the folder's settings also where the council changed its own in the portal",
    )
    apply.set_defaults(
        run=lambda parsed: apply_folder(
            parsed.folder, replace_designed=parsed.replace_designed, replace_settings=parsed.replace_settings
        )
    )
    check = actions.add_parser("check", help="name every mistake in the folder, and change nothing")
    check.add_argument("folder", type=Path, metavar="DIR")
    check.set_defaults(run=lambda parsed: 0 if checked(parsed.folder) else 1)
    leaving.add(actions)


def checked(folder: Path) -> CouncilFolder | None:
    """Load a council's folder and say what it holds, or name every mistake and return None."""
    try:
        found = load(folder)
    except FolderMistakes as mistakes:
        folders.tell(mistakes)
        return None
    print(f"{found.settings.slug}: {len(found.agencies)} agencies, {_held(found.concern)}, no mistakes")
    for family in found.families[1:]:
        print(f"{found.settings.slug}: {family.key}: {_held(family)}, no mistakes")
    return found


def _held(family: FamilyFolder) -> str:
    return f"{len(family.form.questions())} questions, {len(family.scenarios)} scenarios"


def apply_folder(folder: Path, *, replace_designed: bool = False, replace_settings: bool = False) -> int:
    """Bring the database to what a sound folder says: 0, or 1 when it was refused and nothing has changed."""
    found = checked(folder)
    if found is None:
        return 1
    # `check` must answer in a moment: only `apply` loads the database's side.
    from portal.cli import published
    from portal.forms.commands import apply
    from portal.tenants.settings import SettingsMistakes

    try:
        with published.connected(owner=True):
            done = apply.apply(found, replace_designed=replace_designed, replace_settings=replace_settings)
    except apply.AgencyDisagreement as disagreement:
        for mistake in disagreement.mistakes:
            print(f"{folder / disagreement.file}: {mistake}", file=sys.stderr)
        return 1
    except SettingsMistakes as mistakes:
        for one in mistakes.mistakes:
            place = ".".join(map(str, one.place))
            print(f"what the council set in the portal does not fit: {place}: {one.message}", file=sys.stderr)
        return 1
    except published.NoInstanceError as trouble:
        print(f"nothing was changed: {trouble}", file=sys.stderr)
        return 1
    _tell(done)
    return 0


def _tell(done: Applied) -> None:
    what = "added" if done.new else "changed" if done.changed else "already as the folder says"
    print(f"{done.slug}: {what}; form version {done.form_number}")
    for form in done.forms[1:]:
        print(f"{done.slug}: {form.key}: form version {form.number}")
    if done.kept:
        print(
            f"{done.slug}: the council changed {', '.join(done.kept)} in the portal, and that stays; "
            "--replace-settings takes what the folder says"
        )
    for form in done.forms:
        if form.left_alone:
            print(
                f"{done.slug}: {form.key}: version {form.number} was made in the portal and stays; "
                "--replace-designed publishes what the folder says"
            )
