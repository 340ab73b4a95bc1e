"""Lists in a council's settings, item by item: how an item is described, and what adding, changing, removing and moving
one makes of the document. The modules of settings stay the source of every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.kernel.errors import NotFound
from portal.kernel.language import LANGUAGES
from portal.tenants.list_stores import Row, Said, Store, single
from portal.tenants.reading import Place
from portal.tenants.settings import Council, parse_council
from portal.tenants.settings_entry import Entry


@dataclass(frozen=True)
class Within:
    """A list inside an item: its name in addresses, what it is called, what it holds, and how that is told in short (""
    for how many lines it has)."""

    list_key: str
    title: str
    holds: tuple[str, ...] = ()
    short: str = ""


@dataclass(frozen=True)
class Listed:
    """One list: its name in addresses, the words of its pages, what is asked of an item, and how that is stored.

    `read` gives the items of settings. `gone` says what happens with what has an item that is removed (a place for its
    code), `empty` what counts without any. `page` is the page of settings that leads to it ("": the list of all),
    `around` the list in one item of which it is. `code` names the code where somebody outside reads it. `within` are
    the lists inside an item, by its code; `check` says what does not go together, by input. Items that are `ordered`
    can be moved; where one is there once only, `twice` says so; `also` is a page of settings that leads to the list
    without having it. Items that are `placed` have their place for a code, which is another's once one goes or moves.
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
    ordered: bool = True
    twice: str = ""
    also: str = ""
    placed: bool = False

    def names(self) -> list[Entry]:
        """The inputs that say what an item is called: the first one, in each language."""
        around = self.entries[0].place[:-1]
        return [one for one in self.entries if one.place[-1] in LANGUAGES and one.place[:-1] == around]

    def repeated(self, said: Said, others: Iterable[Row]) -> bool:
        """Whether another item says the same, where there may be one only."""
        first = self.entries[0]
        told = single(first, Row("", said))
        return bool(self.twice) and any(single(first, one) == told for one in others)

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
