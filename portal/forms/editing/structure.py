"""Pages, sections and questions of a draft: add, change, move, copy and remove, in changed copies of the form."""

from __future__ import annotations

import copy as copying
from typing import Any

from portal.forms.editing.form_parts import (
    Document,
    Entry,
    Place,
    all_parts,
    at,
    find,
    list_path,
    names,
    parts,
    questions,
    rows,
    with_list,
)
from portal.forms.editing.keys import fresh, renamed, taken_keys
from portal.forms.mistakes import Path


def add(form: object, beside: Place, node: Document) -> tuple[Document, Place | None]:
    """Add an entry at the end of the list that `beside` stands in (the place need not exist).

    Returns the changed form and the new entry's place; the form as it was and None when nothing can hold it.
    """
    path = list_path(form, beside)
    if path is None:
        return _copy(form), None
    entries = [*rows(at(form, path)), node]
    return with_list(form, path, entries), beside.beside(names(entries)[-1])


def change(form: object, place: Place, node: Document) -> Document:
    """Put another document in place of a page, section or question; nothing happens when it is gone."""
    found, path = find(form, place), list_path(form, place)
    if found is None or path is None:
        return _copy(form)
    entries = list(rows(at(form, path)))
    entries[_position(found)] = node
    return with_list(form, path, entries)


def move(form: object, place: Place, position: int) -> Document:
    """Put an entry at a position of its own list; one beyond either end is that end."""
    found, path = find(form, place), list_path(form, place)
    if found is None or path is None:
        return _copy(form)
    entries = list(rows(at(form, path)))
    taken = entries.pop(_position(found))
    entries.insert(max(0, min(position, len(entries))), taken)
    return with_list(form, path, entries)


def remove(form: object, place: Place) -> Document:
    """Take an entry out; what speaks of it stays, and `uses` says where that is."""
    found, path = find(form, place), list_path(form, place)
    if found is None or path is None:
        return _copy(form)
    entries = list(rows(at(form, path)))
    del entries[_position(found)]
    return with_list(form, path, entries)


def copy(form: object, place: Place, thresholds: object = None) -> tuple[Document, Place | None]:
    """Put a copy right after an entry, with keys of its own, also for what is in it; conditions within it follow.

    A fact is said by one question only, so the copies say none.
    """
    found, path = find(form, place), list_path(form, place)
    if found is None or path is None:
        return _copy(form), None
    entries = list(rows(at(form, path)))
    after = _position(found) + 1
    entries.insert(after, _copied(found, taken_keys(form, thresholds)))
    return with_list(form, path, entries), place.beside(names(entries)[after])


def _copied(found: Entry, taken: set[str]) -> Any:
    inside = [found, *(entry for entry in _all_within(found))]
    new: dict[str, str] = {}
    for entry in inside:
        if entry.key and entry.key not in new:
            new[entry.key] = fresh(entry.key, taken)
            taken.add(new[entry.key])
    return _rekeyed(renamed(copying.deepcopy(found.node), new), new)


def _all_within(found: Entry) -> list[Entry]:
    return [entry for below in questions(found) for entry in (below, *questions(below))]


def _rekeyed(node: Any, new: dict[str, str]) -> Any:
    if not isinstance(node, dict):
        return node
    changed = {name: value for name, value in node.items() if name != "fact"}
    if isinstance(changed.get("key"), str):
        changed["key"] = new.get(changed["key"], changed["key"])
    if isinstance(changed.get("questions"), list):
        changed["questions"] = [_rekeyed(entry, new) for entry in changed["questions"]]
    return changed


def targets(form: object, place: Place) -> list[Entry]:
    """The pages, sections and groups that a question could move to."""
    found = find(form, place)
    if found is None or not place.question:
        return []
    possible = [entry for part in all_parts(form) for entry in (part, *_groups(part))]
    return [entry for entry in possible if _may_hold(form, found, entry)]


def move_to(form: object, place: Place, target: Place) -> tuple[Document, Place | None]:
    """Move a question to the end of another page, section or group; None when that cannot hold it."""
    found = find(form, place)
    if found is None or target not in [entry.place for entry in targets(form, place)]:
        return _copy(form), None
    path = next(entry.path for entry in targets(form, place) if entry.place == target)
    held = with_list(form, (*path, "questions"), [*rows(at(form, (*path, "questions"))), found.node])
    changed = remove(held, place)
    path = _without(path, found.path)
    holder = next(entry for entry in _holders(changed) if entry.path == path)
    return changed, questions(holder)[-1].place


def _without(path: Path, gone: Path) -> Path:
    """Where a path leads once the entry at another path is taken out of its list."""
    *above, position = gone
    last = len(above)
    if len(path) > last and list(path[:last]) == above and int(path[last]) > int(position):
        return (*above, int(path[last]) - 1, *path[last + 1 :])
    return path


def _holders(form: object) -> list[Entry]:
    return [entry for part in all_parts(form) for entry in (part, *questions(part))]


def _groups(part: Entry) -> list[Entry]:
    return [entry for entry in questions(part) if entry.document.get("type") == "group"]


def _may_hold(form: object, found: Entry, target: Entry) -> bool:
    if not isinstance(target.node, dict) or target.place in {found.place.above, found.place}:
        return False
    if found.document.get("type") == "group" and (target.place.question or target.place.kind == "page"):
        return False
    return found.key not in _keys_beside(form, target.place.kind, found)


def _keys_beside(form: object, kind: str, moving: Entry) -> set[str]:
    """The keys that a question of that kind of part may not have: the urgent form may ask what the full one asks."""
    together = ("page", "urgent") if kind == "urgent" else ("page", "section", *(("urgent",) if kind == "page" else ()))
    own = {entry.path for entry in (moving, *questions(moving))}
    return {
        entry.key
        for each in together
        for part in parts(form, each)
        for entry in _all_within(part)
        if entry.path not in own and entry.key
    }


def _position(entry: Entry) -> int:
    return int(entry.path[-1])


def _copy(form: object) -> Document:
    return copying.deepcopy(form) if isinstance(form, dict) else {}
