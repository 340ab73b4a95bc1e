"""Lists in a council's settings, item by item: how an item is described, how it is stored, and what adding, changing,
removing and moving one makes of the document. The modules of settings stay the source of every rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from portal.kernel.digits import whole
from portal.kernel.errors import NotFound
from portal.kernel.language import LANGUAGES
from portal.tenants import own_parts
from portal.tenants.reading import Place
from portal.tenants.settings import Council, parse_council
from portal.tenants.settings_entry import Entry

LONGEST_CODE = 40
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
        del before, document
        made: dict[str, Any] = {key: {self.ends: 0} for key in self.keys}
        for key, row in zip(self.keys, rows, strict=False):
            told = {entry.place: _single(entry, row) for entry in entries}
            if told.get((self.ends,)) == 0:
                # As it was typed, which is no number of the document: 0 would take this one away, and all after it.
                told[(self.ends,)] = "0"
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
            told = {entry.place: _single(entry, row) for entry in entries}
            made[row.key] = own_parts.with_values({}, told | {(self.order,): number})
        return {self.at: made}


def _column(entry: Entry, rows: Sequence[Row]) -> object:
    first = {one.key: " ".join(one.said.get(entry.name, ())).strip() for one in rows}
    if entry.kind == "yes_no":
        return [key for key, said in first.items() if said == "yes"]
    return [{key: said} for key, said in first.items() if said or entry.place[-1] in LANGUAGES]


def _single(entry: Entry, row: Row) -> object:
    said = "\n".join(row.said.get(entry.name, ()))
    if entry.kind == "several":
        return [one for one in row.said.get(entry.name, ()) if one]
    if entry.kind == "lines":
        return [line.strip() for line in said.split("\n") if line.strip()]
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


@dataclass(frozen=True)
class Within:
    """A list inside an item: its name in addresses, what it is called, and what it holds."""

    list_key: str
    title: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """One list: its name in addresses, the words of its pages, what is asked of an item, and how that is stored.

    `read` gives the items of settings. `gone` says what happens with what has an item that is removed (a place for its
    code), `empty` what counts without any. `page` is the page of settings that leads to it ("": the list of all),
    `around` the list in one item of which it is. `code` names the code where somebody outside reads it. `within` are
    the lists inside an item, by its code; `check` says what does not go together, by input.
    """

    key: str
    title: str
    about: str
    add: str
    gone: str
    empty: str
    entries: tuple[Entry, ...]
    read: Callable[[Council], list[Row]]
    store: Store
    most: int
    least: int = 0
    page: str = ""
    around: str = ""
    code: str = ""
    within: Callable[[str], tuple[Within, ...]] = field(default=lambda _key: ())
    check: Callable[[Said], Mapping[str, str]] = field(default=lambda _said: {})

    def names(self) -> list[Entry]:
        """The inputs that say what an item is called: the first one, in each language."""
        around = self.entries[0].place[:-1]
        return [one for one in self.entries if one.place[-1] in LANGUAGES and one.place[:-1] == around]

    def rows(self, document: Mapping[str, Any]) -> list[Row]:
        """The items of a document."""
        return self.read(parse_council(document))

    def of(self, key: str) -> list[Entry]:
        """The inputs of an item, each at the place at which its mistakes are told of."""
        return [replace(entry, place=self.store.place(key, entry)) for entry in self.entries]

    def values(self, document: Mapping[str, Any], edit: Edit) -> dict[Place, object]:
        """The document's values after an edit; none where that changes nothing. Raises NotFound."""
        before = self.rows(document)
        after = edit(before)
        return {} if after == before else self.store.values(self.entries, after, before, document)


Edit = Callable[[Sequence[Row]], list[Row]]


def row_of(rows: Iterable[Row], key: str) -> Row:
    """The item of that code; raises NotFound."""
    found = next((one for one in rows if one.key == key), None)
    if found is None:
        raise NotFound("no such item")
    return found


def adding(listed: Listed, said: Said) -> Edit:
    """One more at the end, under a code of its English name."""

    def edit(rows: Sequence[Row]) -> list[Row]:
        name = next((entry.name for entry in listed.entries if entry.place[-1] == "en"), "")
        return [*rows, Row(listed.store.code(rows, " ".join(said.get(name, ()))), said)]

    return edit


def changing(key: str, said: Said) -> Edit:
    """Something else is said of one."""

    def edit(rows: Sequence[Row]) -> list[Row]:
        row_of(rows, key)
        return [Row(key, said) if one.key == key else one for one in rows]

    return edit


def removing(key: str) -> Edit:
    """All but one."""

    def edit(rows: Sequence[Row]) -> list[Row]:
        row_of(rows, key)
        return [one for one in rows if one.key != key]

    return edit


def moving(key: str, step: int) -> Edit:
    """One changes places with the one before it (-1) or after it (1); the first and the last stay."""

    def edit(rows: Sequence[Row]) -> list[Row]:
        made = list(rows)
        here = made.index(row_of(rows, key))
        there = here + step
        if 0 <= there < len(made):
            made[here], made[there] = made[there], made[here]
        return made

    return edit
