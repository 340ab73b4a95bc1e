"""How a list of a council's settings is in the document: its items as rows, and what becomes of rows as values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from portal.kernel.digits import whole
from portal.kernel.errors import NotFound
from portal.kernel.language import LANGUAGES
from portal.tenants import own_parts
from portal.tenants.reading import Place
from portal.tenants.settings_entry import Entry

LONGEST_CODE = 40
DATE_PARTS = 3
Said = Mapping[str, tuple[str, ...]]
_NOT_IN_CODES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Row:
    """One item: its code, and what each input (by name) says of it."""

    key: str
    said: Said


class Store(Protocol):
    """How a list is in the document."""

    def code(self, rows: Sequence[Row], words: str) -> str:
        """The code of a new item that is called that in English."""

    def place(self, key: str, entry: Entry) -> Place:
        """Where mistakes of an input of that item are told of."""

    def values(
        self, entries: Sequence[Entry], rows: Sequence[Row], before: Sequence[Row], document: Mapping[str, Any]
    ) -> dict[Place, object]:
        """The document's values for these items, which were others `before`."""


@dataclass(frozen=True)
class Coded:
    """Side by side: for each language a list of {code: words}; for what can be yes, a list of the codes of which it is
    true; for anything else a list of {code: value} of those that have one. Each at the place of its input.

    `parts` are places of groups by code that go with their item.
    """

    parts: tuple[Place, ...] = ()

    def code(self, rows: Sequence[Row], words: str) -> str:
        """Made of the words, and no other item's."""
        return code_for(words, {one.key for one in rows})

    def place(self, key: str, entry: Entry) -> Place:
        """The list as a whole: whatever is wrong in it came with this item."""
        del key
        return entry.place

    def values(
        self, entries: Sequence[Entry], rows: Sequence[Row], before: Sequence[Row], document: Mapping[str, Any]
    ) -> dict[Place, object]:
        """Every list anew; nothing that an item of the same code left behind comes back."""
        made = {entry.place: _column(entry, rows) for entry in entries}
        stays = {one.key for one in rows} & {one.key for one in before}
        for place in self.parts:
            inside = own_parts.at(document, place)
            if isinstance(inside, Mapping):
                made[place] = {key: said for key, said in inside.items() if key in stays}
        return made


@dataclass(frozen=True)
class Steps:
    """One after the other under names that say their place (`keys`), each a group with its values at the places of the
    inputs; one that is not wanted has 0 at `ends`."""

    at: Place
    keys: tuple[str, ...]
    ends: str
    # What a group has beside the inputs, which goes where its item goes.
    parts: tuple[str, ...] = ()

    def code(self, rows: Sequence[Row], words: str) -> str:
        """The next place. Raises NotFound where there is none."""
        del words
        if len(rows) >= len(self.keys):
            raise NotFound("no further step")
        return self.keys[len(rows)]

    def place(self, key: str, entry: Entry) -> Place:
        """Inside the item's group."""
        return (*self.at, key, *entry.place)

    def values(
        self, entries: Sequence[Entry], rows: Sequence[Row], before: Sequence[Row], document: Mapping[str, Any]
    ) -> dict[Place, object]:
        """All groups, those that are left without an item included."""
        there = {one.key for one in before}
        made: dict[str, Any] = {key: {self.ends: 0} for key in self.keys}
        for key, row in zip(self.keys, rows, strict=False):
            told: dict[Place, object] = {entry.place: single(entry, row) for entry in entries}
            if told.get((self.ends,)) == 0:
                # As it was typed, which is no number of the document: 0 would take this one away, and all after it.
                told[(self.ends,)] = "0"
            kept = {(part,): own_parts.at(document, (*self.at, row.key, part)) for part in self.parts}
            told |= {place: said for place, said in kept.items() if said is not None and row.key in there}
            made[key] = own_parts.with_values({}, told)
        return {self.at: made}


@dataclass(frozen=True)
class Keyed:
    """Groups by code inside the one `at`, each with its values at the places of the inputs, and its number in the order
    at `order`: a stored document keeps its groups in none."""

    at: Place
    order: str

    def code(self, rows: Sequence[Row], words: str) -> str:
        """Made of the words, and no other item's."""
        return code_for(words, {one.key for one in rows})

    def place(self, key: str, entry: Entry) -> Place:
        """Inside the item's group."""
        return (*self.at, key, *entry.place)

    def values(
        self, entries: Sequence[Entry], rows: Sequence[Row], before: Sequence[Row], document: Mapping[str, Any]
    ) -> dict[Place, object]:
        """All groups anew."""
        del before, document
        made = {}
        for number, row in enumerate(rows, 1):
            told = {entry.place: single(entry, row) for entry in entries}
            made[row.key] = own_parts.with_values({}, told | {(self.order,): number})
        return {self.at: made}


@dataclass(frozen=True)
class Lines:
    """Values one after the other in the list `at`: each is what the input `main` says, or a group of all inputs where
    another says something too. An item has no code of its own: its row says which it is (never what it says, which may
    be somebody's address)."""

    at: Place
    main: str

    def code(self, rows: Sequence[Row], words: str) -> str:
        """Its number."""
        del words
        return str(len(rows) + 1)

    def place(self, key: str, entry: Entry) -> Place:
        """Of the main input the whole list: whatever is wrong in it came with this item."""
        return self.at if entry.place == (self.main,) else (*self.at, key, *entry.place)

    def values(
        self, entries: Sequence[Entry], rows: Sequence[Row], before: Sequence[Row], document: Mapping[str, Any]
    ) -> dict[Place, object]:
        """The whole list anew."""
        del before, document
        return {self.at: [self._value(entries, row) for row in rows]}

    def _value(self, entries: Sequence[Entry], row: Row) -> object:
        told = {str(entry.place[-1]): single(entry, row) for entry in entries}
        more = {key: said for key, said in told.items() if said and key != self.main}
        return {self.main: told[self.main], **more} if more else told[self.main]


def day_of(said: Sequence[str]) -> date | None:
    """The date of a day, a month and a year as they are typed; None where they are none."""
    numbers = [whole(one) for one in said]
    if len(numbers) != DATE_PARTS or None in numbers:
        return None
    day, month, year = (one or 0 for one in numbers)
    with suppress(ValueError):
        return date(year, month, day)
    return None


def _column(entry: Entry, rows: Sequence[Row]) -> object:
    first = {one.key: " ".join(one.said.get(entry.name, ())).strip() for one in rows}
    if entry.kind == "yes_no":
        return [key for key, said in first.items() if said == "yes"]
    return [{key: said} for key, said in first.items() if said or entry.place[-1] in LANGUAGES]


def single(entry: Entry, row: Row) -> object:
    """What one input says of an item, as a group has it."""
    said = "\n".join(row.said.get(entry.name, ()))
    if entry.kind == "date":
        day = day_of(row.said.get(entry.name, ()))
        return "/".join(row.said.get(entry.name, ())) if day is None else day.isoformat()
    if entry.kind == "several":
        return [one for one in row.said.get(entry.name, ()) if one]
    number = whole(said) if entry.kind == "number" else None
    return said if number is None else number


def code_for(words: str, taken: Collection[str]) -> str:
    """A code made of English words that is not taken: "Early help, north" is early_help_north."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    code = _NOT_IN_CODES.sub("_", plain).strip("_")[:LONGEST_CODE].strip("_")
    if not code or not code[0].isalpha():
        code = f"item_{code}".strip("_")
    number, made = 1, code
    while made in taken:
        number += 1
        made = f"{code}_{number}"
    return made
