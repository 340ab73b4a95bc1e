"""Where things stand in a form document that may be wrong: pages, sections and questions by name, found leniently."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.forms.mistakes import KEY, Path

Document = dict[str, Any]

LISTS: Mapping[str, Path] = {"page": ("triage", "pages"), "section": ("sections",), "urgent": ("urgent", "sections")}
"""The three lists of a form document, by what one of their entries is called."""
NAMELESS = "~"
"""Begins the name of an entry without a key of its own: its position follows. No key begins like that."""
DEEPEST = 4


@dataclass(frozen=True)
class Place:
    """A page, section or question: `kind` is page, section or urgent; `inner` is a question within a group."""

    kind: str
    part: str
    question: str = ""
    inner: str = ""

    @property
    def text(self) -> str:
        """The place as an address says it: `page/child/b_age`."""
        return "/".join(filter(None, (self.kind, self.part, self.question, self.inner)))

    @property
    def name(self) -> str:
        """The last name of the place."""
        return self.inner or self.question or self.part

    @property
    def above(self) -> Place:
        """What the question stands in; a page or section is its own."""
        return replace(self, inner="") if self.inner else replace(self, question="")

    def below(self, name: str) -> Place:
        """A question of this part or group."""
        return replace(self, inner=name) if self.question else replace(self, question=name)

    def beside(self, name: str) -> Place:
        """Another entry of the same list."""
        return self.above.below(name) if self.question else replace(self, part=name)


@dataclass(frozen=True)
class Entry:
    """One entry of a list: its place, where it is in the document, and what stands there (of any shape)."""

    place: Place
    path: Path
    node: Any

    @property
    def document(self) -> Document:
        """What stands there, or nothing when it is no mapping."""
        return self.node if isinstance(self.node, dict) else {}

    @property
    def key(self) -> str:
        """Its key as it is written, "" when that is no text."""
        key = self.document.get("key")
        return key if isinstance(key, str) else ""


def place_of(text: str) -> Place | None:
    """Read an address's place; None when it cannot be one."""
    steps = text.split("/")
    if len(steps) not in range(2, DEEPEST + 1) or not all(steps) or steps[0] not in LISTS:
        return None
    return Place(*steps)


def at(document: object, path: Path) -> Any:
    """What stands at a path, None where there is nothing."""
    found: Any = document
    for step in path:
        if isinstance(found, dict) and isinstance(step, str):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and 0 <= step < len(found):
            found = found[step]
        else:
            return None
    return found


def rows(node: object) -> list[Any]:
    """A list, or an empty one for anything else."""
    return node if isinstance(node, list) else []


def names(entries: list[Any]) -> list[str]:
    """A name for each entry: its key where it has a good one of its own, else its position."""
    found: list[str] = []
    for position, entry in enumerate(entries):
        key = entry.get("key") if isinstance(entry, dict) else None
        good = isinstance(key, str) and KEY.match(key) and key not in found
        found.append(str(key) if good else f"{NAMELESS}{position}")
    return found


def parts(form: object, kind: str) -> list[Entry]:
    """The pages, sections or urgent sections, in order."""
    path = LISTS[kind]
    return [
        Entry(Place(kind, name), (*path, position), node)
        for position, (name, node) in enumerate(_named(at(form, path)))
    ]


def all_parts(form: object) -> Iterator[Entry]:
    """Every page and section in the order of the form."""
    for kind in LISTS:
        yield from parts(form, kind)


def questions(entry: Entry) -> list[Entry]:
    """The questions of a part or of a group, in order; a group has no groups."""
    if entry.place.inner:
        return []
    return [
        Entry(entry.place.below(name), (*entry.path, "questions", position), node)
        for position, (name, node) in enumerate(_named(entry.document.get("questions")))
    ]


def all_questions(form: object) -> Iterator[Entry]:
    """Every question, those of a group after it."""
    for part in all_parts(form):
        for question in questions(part):
            yield question
            yield from questions(question)


def find(form: object, place: Place) -> Entry | None:
    """The page, section or question of that name."""
    if place.kind not in LISTS:
        return None
    found = next((entry for entry in parts(form, place.kind) if entry.place.part == place.part), None)
    for name in filter(None, (place.question, place.inner)):
        below = questions(found) if found else []
        found = next((entry for entry in below if entry.place.name == name), None)
    return found


def list_path(form: object, place: Place) -> Path | None:
    """The path of the list that a place stands in; None when what should hold it is not there."""
    if place.kind not in LISTS:
        return None
    if not place.question:
        return LISTS[place.kind]
    above = find(form, place.above)
    return (*above.path, "questions") if above and isinstance(above.node, dict) else None


def with_list(form: object, path: Path, entries: list[Any]) -> Document:
    """A copy of the form with that list; what must hold it is made where it is missing or wrong."""
    changed: Document = copy.deepcopy(form) if isinstance(form, dict) else {}
    here: Any = changed
    for step, after in itertools.pairwise(path):
        wanted: type = list if isinstance(after, int) else dict
        if isinstance(step, str) and not isinstance(here.get(step), wanted):
            here[step] = wanted()
        here = here[step]
    here[path[-1]] = copy.deepcopy(entries)
    if path == LISTS["urgent"] and changed["urgent"] == {"sections": []}:
        del changed["urgent"]  # a form without the short urgent form does not speak of it
    return changed


def _named(node: object) -> list[tuple[str, Any]]:
    entries = rows(node)
    return list(zip(names(entries), entries, strict=True))
