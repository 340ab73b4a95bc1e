"""Conditions and derived values as trees: which parts a node has, and every change of one, by the path of a node."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from portal.forms.conditions import DEEPEST, MOST_NODES
from portal.forms.editing.documents import MISSING, Steps, list_at, look, put
from portal.kernel.digits import whole
from portal.kernel.errors import Invalid, NotFound

Kind = Literal["condition", "value"]
CONDITION_GROUPS = ("all", "any", "of", "not")
VALUE_GROUPS = ("sum", "highest", "lowest")
LONGEST_PATH = 2 * DEEPEST


@dataclass(frozen=True)
class Slot:
    """A part right beneath a node: the steps to it, and whether a condition or a value belongs there."""

    steps: Steps
    kind: Kind


@dataclass(frozen=True)
class Branch:
    """One node of a tree as a row: its path, how deep it is, its group word ("" for a leaf) and its place in a list."""

    path: Steps
    depth: int
    node: Any
    kind: Kind
    group: str
    first: bool = True
    last: bool = True
    listed: bool = False


def parse(path: str) -> Steps:
    """Read "all.1.any.0" as steps; raises NotFound for what could be no path."""
    steps: Steps = tuple(_step(step) for step in path.split(".") if step)
    if len(steps) > LONGEST_PATH or len(path) > 20 * LONGEST_PATH:
        raise NotFound("no such line")
    return steps


def _step(step: str) -> str | int:
    place = whole(step)
    return step if place is None else place


def dotted(steps: Steps) -> str:
    """Write steps as a path."""
    return ".".join(str(step) for step in steps)


def group_of(node: object, kind: Kind) -> str:
    """The word of a group ("all", "sum", "how_many", "if" …), or "" for a single line and for what is no node."""
    if not isinstance(node, Mapping):
        return ""
    words = CONDITION_GROUPS if kind == "condition" else (*VALUE_GROUPS, "how_many", "if")
    return next((word for word in words if word in node), "")


def slots(node: object, kind: Kind) -> list[Slot]:
    """The parts right beneath a node, in order; none beneath a leaf or beneath what is wrong."""
    group = group_of(node, kind)
    if group in {"", "not"}:
        return [Slot(("not",), "condition")] if group else []
    if group == "if":
        return [Slot(("if",), "condition"), Slot(("then",), "value"), Slot(("else",), "value")]
    inside: Kind = "condition" if kind == "condition" or group == "how_many" else "value"
    return [Slot((group, place), inside) for place in range(len(list_at(node, (group,))))]


def branches(root: object, kind: Kind) -> list[Branch]:
    """Every node of a tree in reading order; what is deeper than a tree may be is left out."""
    return list(_branches(root, kind, (), 1))


def _branches(node: object, kind: Kind, path: Steps, depth: int) -> Iterator[Branch]:
    yield Branch(path, depth, node, kind, group_of(node, kind))
    yield from _beneath(node, kind, path, depth)


def _beneath(node: object, kind: Kind, path: Steps, depth: int) -> Iterator[Branch]:
    found = slots(node, kind) if depth <= DEEPEST else []
    for place, slot in enumerate(found):
        child = look(node, slot.steps)
        here, listed = (*path, *slot.steps), isinstance(slot.steps[-1], int)
        last = place == len(found) - 1
        yield Branch(here, depth + 1, child, slot.kind, group_of(child, slot.kind), place == 0, last, listed)
        yield from _beneath(child, slot.kind, here, depth + 1)


def branch(root: object, kind: Kind, path: Steps) -> Branch:
    """The node at a path; raises NotFound when the tree has none there."""
    for one in branches(root, kind):
        if one.path == path:
            return one
    raise NotFound("no such line")


def replaced(root: object, kind: Kind, path: Steps, node: object) -> Any:
    """A copy with another node at a path; raises NotFound, and Invalid({"line": "too_large"})."""
    branch(root, kind, path)
    return _sized(put(root, path, node), kind)


def added(root: object, kind: Kind, path: Steps, node: object) -> Any:
    """A copy with one more node at the end of the group at a path; raises NotFound (no list there) and Invalid."""
    group = branch(root, kind, path).group
    if group in {"", "not", "if"}:
        raise NotFound("no group there")
    here = (*path, group)
    return _sized(put(root, here, [*list_at(root, here), node]), kind)


def removed(root: object, kind: Kind, path: Steps) -> Any:
    """A copy without a node; what says "not" of it goes too. MISSING when nothing is left. Raises NotFound."""
    branch(root, kind, path)
    while path and path[-1] == "not":
        path = path[:-1]
    if not path:
        return MISSING
    if isinstance(path[-1], int):
        items = list_at(root, path[:-1])
        return put(root, path[:-1], [item for place, item in enumerate(items) if place != path[-1]])
    if path[-1] == "else":
        kept = copy.deepcopy(look(root, path[:-1]))
        kept.pop("else", None)
        return put(root, path[:-1], kept)
    raise NotFound("this line cannot be taken out on its own")


def wrapped(root: object, kind: Kind, path: Steps, group: str) -> Any:
    """A copy with the node at a path inside a new group; raises NotFound for an unknown group, and Invalid."""
    found = branch(root, kind, path)
    if group not in (CONDITION_GROUPS if found.kind == "condition" else VALUE_GROUPS):
        raise NotFound("no such group")
    return _sized(put(root, path, made(group, [found.node])), kind)


def made(group: str, items: list[Any], at_least: int = 1) -> dict[str, Any]:
    """A new group; "not" takes one part, more are held together by "all"."""
    if group == "not":
        return {"not": items[0] if len(items) == 1 else {"all": items}}
    return {"at_least": at_least, "of": items} if group == "of" else {group: items}


def regrouped(root: object, kind: Kind, path: Steps, group: str, at_least: int = 1) -> Any:
    """A copy with a group of another kind over the same parts; raises NotFound when that cannot be, and Invalid."""
    found = branch(root, kind, path)
    allowed = CONDITION_GROUPS if found.kind == "condition" else VALUE_GROUPS
    if found.group not in allowed or group not in allowed:
        raise NotFound("no such group")
    if found.group == group and group != "of":
        return copy.deepcopy(root)
    caps = {name: found.node[name] for name in ("no_more_than", "no_less_than") if name in found.node}
    parts = copy.deepcopy([found.node["not"]] if found.group == "not" else list_at(found.node, (found.group,)))
    if group == "not" and not parts:
        raise NotFound("there is nothing to say it of")
    return _sized(put(root, path, made(group, parts, max(1, min(at_least, len(parts)))) | caps), kind)


def moved(root: object, kind: Kind, path: Steps, by: int) -> Any:
    """A copy with a node moved up (-1) or down (1) among its neighbours; at the edge nothing changes."""
    branch(root, kind, path)
    if not path or not isinstance(path[-1], int):
        raise NotFound("this line has no neighbours")
    items = copy.deepcopy(list_at(root, path[:-1]))
    to = max(0, min(len(items) - 1, path[-1] + (1 if by > 0 else -1)))
    items.insert(to, items.pop(path[-1]))
    return put(root, path[:-1], items)


def _sized(root: Any, kind: Kind) -> Any:
    found = branches(root, kind)
    if len(found) > MOST_NODES or max(one.depth for one in found) > DEEPEST:
        raise Invalid({"line": "too_large"})
    return root
