"""Where the councils' folders are, and how the mistakes of one are told on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from portal.forms.folder import FolderMistakes

COUNCILS = Path(__file__).resolve().parents[2] / "config" / "councils"
"""The folders that come with this installation."""


def add_councils_option(parser: argparse.ArgumentParser) -> None:
    """Let another folder of councils be named."""
    parser.add_argument(
        "--councils",
        type=Path,
        default=COUNCILS,
        metavar="DIR",
        help="read the councils' folders here instead of in config/councils",
    )


def slugs_in(councils: Path) -> list[str]:
    """The names of the councils' folders, sorted; raises OSError when the folder cannot be read."""
    return sorted(each.name for each in councils.iterdir() if each.is_dir() and not each.name.startswith("."))


def folder_of(councils: Path, slug: str) -> Path | None:
    """The folder of a council, or None if there is no such council; a slug never leads out of the folder."""
    try:
        return councils / slug if slug in slugs_in(councils) else None
    except OSError:
        return None


def tell(found: FolderMistakes) -> None:
    """Write on standard error one line for each mistake, as file:line: message, and a line with their number."""
    for mistake in found.mistakes:
        print(f"{found.folder / mistake.file}:{mistake.line}: {mistake.message}", file=sys.stderr)
    number = len(found.mistakes)
    print(f"{number} mistake{'' if number == 1 else 's'} in {found.folder}", file=sys.stderr)
