"""The entries of the parts of a rule set (rules, notices, topics …): found, added, moved, copied, removed."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.editing.documents import Steps, list_at, look, mapping_at, put
from portal.forms.mistakes import KEY
from portal.kernel.errors import Invalid, NotFound

LISTS: Mapping[str, Steps] = {
    "rules": ("thresholds", "rules"),
    "overrides": ("thresholds", "overrides"),
    "always": ("thresholds", "always"),
    "topic_rules": ("thresholds", "topic_rules"),
    "exceptions": ("thresholds", "safety", "exceptions"),
}
MAPPINGS: Mapping[str, Steps] = {
    part: ("thresholds", part) for part in ("routes", "levels", "values", "conditions", "notices", "topics")
}
MOST: Mapping[str, int] = {
    "rules": 200, "overrides": 20, "always": 100, "topic_rules": 200, "exceptions": 20,
    "routes": 20, "levels": 9, "values": 100, "conditions": 100, "notices": 200, "topics": 100,
}  # fmt: skip
BY_ID = ("rules", "overrides")
LOCKS: Mapping[str, str] = {
    "rules": "rule", "overrides": "override", "always": "always", "topic_rules": "topic_rule",
    "exceptions": "safety", "routes": "route", "levels": "level", "values": "value", "conditions": "condition",
    "notices": "notice", "topics": "topic",
}  # fmt: skip
BY_PLACE = "~"


@dataclass(frozen=True)
class Entry:
    """One entry: its address (an id, a key or a number), its document, and what a template locks it by."""

    address: str
    node: Any
    lock: str


def entries(content: object, part: str) -> list[Entry]:
    """The entries of a part in order; raises NotFound for an unknown part."""
    if part in MAPPINGS:
        found = [(key, node) for key, node in mapping_at(content, MAPPINGS[part]).items()]
    elif part in LISTS:
        nodes = list_at(content, LISTS[part])
        found = list(zip(_addresses(part, nodes), nodes, strict=True))
    else:
        raise NotFound("no such part")
    lock = LOCKS[part]
    return [Entry(address, node, lock if lock == "safety" else f"{lock}:{address}") for address, node in found]


def _addresses(part: str, nodes: list[Any]) -> list[str]:
    """Of each entry a rule's own id where it is one and no other rule has it; else its place."""
    if part not in BY_ID:
        return [str(place + 1) for place in range(len(nodes))]
    given = [node.get("id") if isinstance(node, Mapping) else None for node in nodes]
    ids = [one if isinstance(one, str) else "" for one in given]
    times = Counter(ids)
    good = [bool(KEY.match(one)) and times[one] == 1 for one in ids]
    return [own if good[place] else f"{BY_PLACE}{place + 1}" for place, own in enumerate(ids)]


def find(content: object, part: str, address: str) -> int:
    """The place of an entry in its part, from 0; raises NotFound."""
    for place, entry in enumerate(entries(content, part)):
        if entry.address == address:
            return place
    raise NotFound("no such entry")


def entry(content: object, part: str, address: str) -> Entry:
    """One entry; raises NotFound."""
    return entries(content, part)[find(content, part, address)]


def changed(content: object, part: str, address: str, node: object) -> Any:
    """A copy with another document for one entry; a rule's new id is used wherever rules are named."""
    place = find(content, part, address)
    if part in MAPPINGS:
        return put(content, (*MAPPINGS[part], address), node)
    kept = put(content, (*LISTS[part], place), node)
    new = node.get("id") if isinstance(node, Mapping) else None
    return _renamed(kept, address, str(new)) if part in BY_ID and new and new != address else kept


def _renamed(content: Any, old: str, new: str) -> Any:
    for place, item in enumerate(list_at(content, LISTS["overrides"])):
        but_not = item.get("except") if isinstance(item, Mapping) else None
        if isinstance(but_not, list) and old in but_not:
            steps = (*LISTS["overrides"], place, "except")
            content = put(content, steps, [new if name == old else name for name in but_not])
    for place, item in enumerate(list_at(content, LISTS["exceptions"])):
        if isinstance(item, Mapping) and item.get("rule") == old:
            content = put(content, (*LISTS["exceptions"], place, "rule"), new)
    return content


def added(content: object, part: str, key: str, node: object) -> Any:
    """A copy with one more entry; a rule stands before the one that always holds. `key` names it where keys do.

    Raises Invalid({"key": "taken" or "wrong"}) and Invalid({"part": "full"}); the same entry again changes nothing.
    """
    known = entries(content, part)
    if part in MAPPINGS or part in BY_ID:
        if not KEY.match(key):
            raise Invalid({"key": "wrong"})
        same = [one.node for one in known if one.address == key]
        if same:
            if same[0] == node:
                return copy.deepcopy(content)
            raise Invalid({"key": "taken"})
    if len(known) >= MOST[part]:
        raise Invalid({"part": "full"})
    if part in MAPPINGS:
        return put(content, (*MAPPINGS[part], key), node)
    nodes = [one.node for one in known]
    last = nodes[-1] if nodes else None
    before_last = part == "rules" and isinstance(last, Mapping) and last.get("when") == {"always": True}
    nodes.insert(len(nodes) - 1 if before_last else len(nodes), node)
    return put(content, LISTS[part], nodes)


def removed(content: object, part: str, address: str) -> Any:
    """A copy without one entry; raises NotFound."""
    place = find(content, part, address)
    if part in MAPPINGS:
        left = mapping_at(content, MAPPINGS[part])
        del left[address]
        return put(content, MAPPINGS[part], left)
    nodes = list_at(content, LISTS[part])
    return put(content, LISTS[part], nodes[:place] + nodes[place + 1 :])


def moved(content: object, part: str, address: str, to: int) -> Any:
    """A copy with one entry at another place (from 0) of its part; a place outside is the nearest inside."""
    place = find(content, part, address)
    if part in MAPPINGS:
        pairs = list(mapping_at(content, MAPPINGS[part]).items())
        pairs.insert(max(0, min(len(pairs) - 1, to)), pairs.pop(place))
        return put(content, MAPPINGS[part], dict(pairs))
    nodes = list_at(content, LISTS[part])
    nodes.insert(max(0, min(len(nodes) - 1, to)), nodes.pop(place))
    return put(content, LISTS[part], nodes)


def step_moved(content: object, part: str, address: str, place: int) -> Any:
    """A copy in which one step of a rule's level, with its condition, stands one place earlier; raises NotFound."""
    if part not in BY_ID:
        raise NotFound("no level there")
    steps = (*LISTS[part], find(content, part, address), "level")
    levels = list_at(content, steps)
    if not 0 < place < len(levels):
        raise NotFound("no such step")
    levels[place - 1], levels[place] = levels[place], levels[place - 1]
    return put(content, steps, levels)


def copied(content: object, part: str, address: str, key: str) -> Any:
    """A copy with the same entry once more right after it, called `key` where entries have names.

    Raises NotFound and Invalid as `added` does.
    """
    place, node = find(content, part, address), copy.deepcopy(entry(content, part, address).node)
    if part in BY_ID and isinstance(node, Mapping):
        node = {**node, "id": key}
    known = {one.address for one in entries(content, part)}
    if key in known and (part in MAPPINGS or part in BY_ID):
        return added(content, part, key, node)
    more = added(content, part, key, node)
    new = key if part in MAPPINGS or part in BY_ID else str(len(known) + 1)
    return moved(more, part, new, place + 1)


def free_key(known: Collection[str], part: str, address: str) -> str:
    """A key for the copy of an entry that none of the part's has: A05_2, A05_3 …"""
    stem = address.lstrip(BY_PLACE)[:50] or part
    number = 2
    while f"{stem}_{number}" in known:
        number += 1
    return f"{stem}_{number}"


def exists(content: object, part: str, address: str) -> bool:
    """Tell whether a part has such an entry."""
    return any(one.address == address for one in entries(content, part))


def uses(content: object, name: str) -> list[str]:
    """The parts of the rules that name something ("rules", "topic_rules"), each once; for asking before removing."""
    thresholds = look(content, ("thresholds",))
    found = []
    for part, node in thresholds.items() if isinstance(thresholds, Mapping) else ():
        if _names(node, name, deep=0):
            found.append(str(part))
    return found


def _names(node: object, name: str, deep: int) -> bool:
    if deep > 40:  # noqa: PLR2004 - deeper than any document that a draft can hold sensibly
        return False
    if isinstance(node, Mapping):
        return any(_names(item, name, deep + 1) for item in node.values())
    if isinstance(node, list):
        return any(_names(item, name, deep + 1) for item in node)
    return node == name
