"""Looking at a file without opening it: its pages as pictures that we draw when they are asked for and keep nowhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from portal.files import apart, queries
from portal.files.content import Damaged
from portal.files.kinds import KINDS, Kind
from portal.files.queries import Stored
from portal.files.states import may_open
from portal.kernel.errors import NotFound, Unavailable

MOST_PAGES: Final = 20
"""How many pages of a file are shown; who needs more downloads it."""


@dataclass(frozen=True)
class Look:
    """What a page of a file is like before it is drawn: how many pages there are, and its words ("" for a picture)."""

    pages: int
    words: str

    @property
    def shown(self) -> int:
        """How many of the pages are shown."""
        return min(self.pages, MOST_PAGES)


def has_pages(file: Stored) -> bool:
    """Whether a file may be looked at in this way."""
    kind = KINDS.get(file.kind)
    return kind is not None and kind.pages and may_open(file.state)


def look(file: Stored, number: int) -> Look:
    """What page `number` (from 1) is like; raises NotFound when there is none to be shown, Refused and Unavailable."""
    with _plain(file, number) as (plain, kind):
        found = Look(*apart.look(plain, number)) if kind.family == "pdf" else Look(1, "")
    if number > found.shown:
        raise NotFound("no such page")
    return found


def picture(file: Stored, number: int) -> bytes:
    """A JPEG of page `number`; raises as `look` does."""
    with _plain(file, number) as (plain, kind):
        if kind.family != "pdf" and number != 1:
            raise NotFound("no such page")
        return apart.page(plain, kind, number)


@contextmanager
def _plain(file: Stored, number: int) -> Iterator[tuple[BinaryIO, Kind]]:
    if not has_pages(file) or not 1 <= number <= MOST_PAGES:
        raise NotFound("no such page")
    with tempfile.TemporaryFile() as plain:
        try:
            plain.writelines(queries.bytes_of(file))
        except Damaged:
            raise Unavailable("the file is not what was stored") from None
        yield plain, KINDS[file.kind]
