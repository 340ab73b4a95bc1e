"""What differs between two contents of a form, question by question and rule by rule. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
LANGUAGES = frozenset({"en", "cy"})
# Lists of items with a name of their own, told apart by it.
NAMED_PARTS = {"options": "value", "levels": "value", "services": "name"}
# What the rules keep by name, and what each is called here.
NAMED_RULES = {
    "routes": "route",
    "levels": "level",
    "values": "value",
    "conditions": "condition",
    "notices": "notice",
    "topics": "topic",
}
LISTED_RULES = {"rules": "rule", "overrides": "override"}


@dataclass(frozen=True)
class Field:
    """One field that differs; `part` is the language of a text, or the option of a list, "" for the whole."""

    name: str
    part: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Difference:
    """One item that differs.

    `kind` is added, removed, changed or moved; `what` says what it is: form, page, section, question, route, level,
    value, condition, rule, override, notice, topic, scenario, always, topic_rules or settings. `root` is the part of
    the form (triage, sections, urgent), `label` the item's own words, `before` and `after` the whole documents, None
    where there is none.
    """

    kind: str
    what: str
    root: str
    key: str
    label: Any
    before: Any
    after: Any
    fields: tuple[Field, ...] = ()
    old_place: str = ""
    new_place: str = ""


@dataclass(frozen=True)
class _Item:
    body: Any
    place: str
    label: Any


Key = tuple[str, str, str]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every item that was added, removed, changed or moved from one content to another, in the order of the new one.

    Both are {"form", "thresholds", "scenarios"}; anything may be missing or odd, and is then compared as it is.
    """
    old, new = dict(_items(before)), dict(_items(after))
    found = [_changed(key, old[key], item) if key in old else _added(key, item) for key, item in new.items()]
    found += [_removed(key, item) for key, item in old.items() if key not in new]
    return tuple(one for one in [*found, *_moved(old, new)] if one is not None)


def items(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every item of a content in its order: what it is, its key and its own words."""
    for (what, _root, key), item in _items(content):
        yield what, key, item.label


def _added(key: Key, item: _Item) -> Difference:
    return Difference(ADDED, *key, item.label, None, item.body, new_place=item.place)


def _removed(key: Key, item: _Item) -> Difference:
    return Difference(REMOVED, *key, item.label, item.body, None, old_place=item.place)


def _changed(key: Key, old: _Item, new: _Item) -> Difference | None:
    fields = tuple(_fields(old.body, new.body))
    return Difference(CHANGED, *key, new.label, old.body, new.body, fields) if fields else None


def _moved(old: Mapping[Key, _Item], new: Mapping[Key, _Item]) -> Iterator[Difference]:
    """Items of both that stand in another place, as few as tell the whole change of order."""
    groups: dict[tuple[str, str, str], list[Key]] = {}
    order = {key: number for number, key in enumerate(old)}
    for key, item in new.items():
        if key not in old:
            continue
        if old[key].place != item.place:
            yield _move(key, old[key], item)
        else:
            groups.setdefault((key[0], key[1], item.place), []).append(key)
    for keys in groups.values():
        kept = _longest_rising([order[key] for key in keys])
        yield from (_move(key, old[key], new[key]) for key in keys if order[key] not in kept)


def _move(key: Key, old: _Item, new: _Item) -> Difference:
    return Difference(MOVED, *key, new.label, old.body, new.body, old_place=old.place, new_place=new.place)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The longest run of numbers, in their order, each higher than the one before: what need not have moved."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(ends, number)
        before[number] = ends[place - 1] if place else None
        ends[place : place + 1] = [number]
    kept: set[int] = set()
    step: int | None = ends[-1] if ends else None
    while step is not None:
        kept.add(step)
        step = before[step]
    return kept


def _fields(old: Any, new: Any) -> Iterator[Field]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        if old != new:
            yield Field("", "", old, new)
        return
    if _is_text(old) and _is_text(new):
        yield from _parts("", old, new)
        return
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if _is_text(was or now) and _is_text(now or was):
            yield from _parts(name, was or {}, now or {})
        elif name in NAMED_PARTS and isinstance(was or [], list) and isinstance(now or [], list):
            yield from _listed(name, was or [], now or [])
        else:
            yield Field(name, "", was, now)


def _parts(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Field]:
    for part in dict.fromkeys((*old, *new)):
        if old.get(part) != new.get(part):
            yield Field(name, str(part), old.get(part), new.get(part))


def _listed(name: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Field]:
    mark = NAMED_PARTS[name]
    was, now = _by_name(old, mark), _by_name(new, mark)
    if len(was) != len(old) or len(now) != len(new):
        yield Field(name, "", list(old), list(new))
        return
    yield from _parts(name, was, now)
    if list(was) != list(now) and set(was) == set(now):
        yield Field(f"{name}_order", "", list(was), list(now))


def _by_name(items: Sequence[Any], mark: str) -> dict[str, Any]:
    return {str(one.get(mark)): one for one in items if isinstance(one, Mapping)}


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and set(value) <= LANGUAGES


def _items(content: Mapping[str, Any]) -> Iterator[tuple[Key, _Item]]:
    form, rules = _mapping(content.get("form")), _mapping(content.get("thresholds"))
    yield ("form", "", ""), _Item(_without(form, "triage", "sections", "urgent"), "", form.get("title"))
    yield from _pages("page", "triage", _list(_mapping(form.get("triage")).get("pages")))
    yield from _pages("section", "sections", _list(form.get("sections")))
    yield from _pages("section", "urgent", _list(_mapping(form.get("urgent")).get("sections")))
    for name, what in NAMED_RULES.items():
        for key, body in _mapping(rules.get(name)).items():
            yield (what, "", str(key)), _Item(body, "", _label(body, str(key)))
    for name, what in LISTED_RULES.items():
        for body in _list(rules.get(name)):
            key = str(_mapping(body).get("id", ""))
            yield (what, "", key), _Item(body, "", _mapping(body).get("why") or key)
    for name in ("always", "topic_rules"):
        if name in rules:
            yield (name, "", ""), _Item({name: rules[name]}, "", "")
    others = _without(rules, *NAMED_RULES, *LISTED_RULES, "always", "topic_rules")
    yield ("settings", "", ""), _Item(others, "", "")
    for body in _list(content.get("scenarios")):
        key = str(_mapping(body).get("id", ""))
        yield ("scenario", "", key), _Item(body, "", _mapping(body).get("title") or key)


def _pages(what: str, root: str, pages: Sequence[Any]) -> Iterator[tuple[Key, _Item]]:
    for page in pages:
        body = _mapping(page)
        key = str(body.get("key", ""))
        yield (what, root, key), _Item(_without(body, "questions"), "", body.get("title") or key)
        yield from _questions(root, key, "", body)


def _questions(root: str, place: str, above: str, holder: Mapping[str, Any]) -> Iterator[tuple[Key, _Item]]:
    for question in _list(holder.get("questions")):
        body = _mapping(question)
        key = above + str(body.get("key", ""))
        yield ("question", root, key), _Item(_without(body, "questions"), place, body.get("label") or key)
        yield from _questions(root, place, f"{key}/", body)


def _label(body: Any, key: str) -> Any:
    if _is_text(body):
        return body
    found = _mapping(body)
    return found.get("label") or found.get("title") or key


def _without(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []
