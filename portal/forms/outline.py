"""Takes a form's content apart into named items (pages, questions, rules) and puts them together again. Pure."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

ROOT: Final = "content:"
Slot = tuple[str, tuple[str, ...]]
"""A place that holds items: the name of the item that it belongs to, and the way to it inside that item."""

# Which parts of an item are items themselves: the way to them, and their kind. All else is the item's own.
_QUESTIONS = ((("questions",), "question"),)
_URGENT = ((("questions",), "urgent_question"),)
_INSIDE: Final[Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]] = {
    ROOT: ((("form",), "form"), (("thresholds",), "setting"), (("scenarios",), "scenario")),
    "form:triage": ((("pages",), "page"),),
    "form:sections": (((), "section"),),
    "form:urgent": ((("sections",), "urgent_section"),),
    "page": _QUESTIONS,
    "section": _QUESTIONS,
    "urgent_section": _URGENT,
    "question": ((("options",), "option"), *_QUESTIONS),
    "urgent_question": ((("options",), "option"), *_URGENT),
    "setting:routes": (((), "route"),),
    "setting:levels": (((), "level"),),
    "setting:values": (((), "value"),),
    "setting:conditions": (((), "condition"),),
    "setting:notices": (((), "notice"),),
    "setting:topics": (((), "topic"),),
    "setting:rules": (((), "rule"),),
    "setting:overrides": (((), "override"),),
}
# What tells the items of a list apart; kinds that are not here are keys and values.
_TOLD_BY: Final[Mapping[str, str]] = {
    "page": "key",
    "section": "key",
    "urgent_section": "key",
    "question": "key",
    "urgent_question": "key",
    "option": "value",
    "rule": "id",
    "override": "id",
    "scenario": "id",
}


@dataclass(frozen=True)
class Item:
    """One item: what it is called, where it belongs, and all that is its own, without the items inside it."""

    name: str
    kind: str
    key: str
    slot: Slot
    own: Any


@dataclass
class Outline:
    """A content as items by name, and the order of those in each place."""

    items: dict[str, Item] = field(default_factory=dict)
    order: dict[Slot, list[str]] = field(default_factory=dict)

    def copy(self) -> Outline:
        """Another outline that can be changed on its own; the items themselves are never changed."""
        return Outline(dict(self.items), {slot: list(names) for slot, names in self.order.items()})

    def inside(self, name: str) -> Iterator[str]:
        """The names of all items inside one, at any depth, in order."""
        for slot in [(name, path) for path, _kind in _inside(name)]:
            for child in self.order.get(slot, ()):
                if child in self.items and self.items[child].slot == slot:
                    yield child
                    yield from self.inside(child)

    def whole(self, name: str) -> Any:
        """The document of one item with everything inside it."""
        item = self.items[name]
        document = copy.deepcopy(item.own)
        for path, kind in _inside(name):
            children = [self.items[child] for child in self.order.get((name, path), ()) if child in self.items]
            if children and not _get(document, path):
                held: Any = (
                    [self.whole(child.name) for child in children]
                    if kind in _TOLD_BY
                    else {child.key: self.whole(child.name) for child in children}
                )
                document = _put(document, path, held)
        return document

    def content(self) -> Any:
        """The whole content again."""
        return self.whole(ROOT)


def take_apart(content: object) -> Outline:
    """The outline of any content, also of one that is wrong: what has no shape that we know stays where it is."""
    outline = Outline()
    _add(Item(ROOT, "content", "", ("", ()), content), outline)
    return outline


def _add(item: Item, outline: Outline) -> None:
    """Add an item that still has everything inside it in its own, and then what is inside."""
    name, own, document = item.name, item.own, item.own
    held = []
    for path, inner in _inside(name):
        found = _get(document, path)
        if found and isinstance(found, list if inner in _TOLD_BY else dict):
            own = _put(own, path, type(found)())
            held.append((path, inner, found))
    outline.items[name] = replace(item, own=copy.deepcopy(own))
    for path, inner, found in held:
        place: Slot = (name, path)
        outline.order[place] = []
        pairs = [(_told(each, inner), each) for each in found] if isinstance(found, list) else list(found.items())
        for label, each in pairs:
            child = _free(f"{inner}:{name.partition(':')[2] + '.' if inner == 'option' else ''}{label}", outline)
            outline.order[place].append(child)
            _add(Item(child, inner, str(label), place, each), outline)


def _told(document: object, kind: str) -> str:
    told = document.get(_TOLD_BY[kind]) if isinstance(document, dict) else None
    # What tells it apart is missing: it is told apart by all that it says.
    return told if isinstance(told, str) and told else "?" + json.dumps(document, sort_keys=True, default=str)[:200]


def _free(name: str, outline: Outline) -> str:
    number, free = 1, name
    while free in outline.items:
        number += 1
        free = f"{name}#{number}"
    return free


def _inside(name: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    return _INSIDE.get(name) or _INSIDE.get(name.partition(":")[0], ())


def _get(document: object, path: tuple[str, ...]) -> object:
    for step in path:
        if not isinstance(document, dict):
            return None
        document = document.get(step)
    return document


def _put(document: Any, path: tuple[str, ...], value: Any) -> Any:
    """The document with that value at the end of the way; what is on the way is copied and never changed."""
    if not path:
        return value
    if document is not None and not isinstance(document, dict):
        return document
    return {**(document or {}), path[0]: _put((document or {}).get(path[0]), path[1:], value)}
