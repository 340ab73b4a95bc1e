"""Groups of a tree that are begun, filled or capped: what the buttons beside a group do. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from portal.forms.editing import trees
from portal.forms.editing.documents import MISSING, Steps
from portal.forms.editing.lines import CAPS
from portal.forms.editing.trees import Kind
from portal.kernel.errors import NotFound

EMPTY_IF: Mapping[str, Any] = {"if": {"all": []}, "then": 0}


def begun(word: str) -> dict[str, Any]:
    """A new group with nothing in it yet; raises NotFound for a word that begins none."""
    if word == "if":
        return copy.deepcopy(dict(EMPTY_IF))
    if word not in {*trees.CONDITION_GROUPS, *trees.VALUE_GROUPS, "how_many"} or word == "not":
        raise NotFound("no such group")
    return trees.made(word, [])


def with_line(root: Any, kind: Kind, path: Steps, node: Any) -> Any:
    """A copy with one more line in the group at a path; a root that is one line becomes "all of" both.

    The first line of a tree is the tree. Raises NotFound and Invalid as `trees.added` does.
    """
    if root is MISSING:
        return copy.deepcopy(node)
    if not path and not trees.group_of(root, kind):
        word = "all" if kind == "condition" else "sum"
        root = trees.wrapped(root, kind, (), word)
    return trees.added(root, kind, path, node)


def changed(root: Any, kind: Kind, path: Steps, word: str, at_least: int) -> Any:
    """A copy with a group of another kind: over the same parts, or begun anew where it has none."""
    found = trees.branch(root, kind, path)
    if found.group and not trees.slots(found.node, found.kind):
        allowed = trees.CONDITION_GROUPS if found.kind == "condition" else (*trees.VALUE_GROUPS, "how_many", "if")
        if word not in allowed:
            raise NotFound("no such group")
        return trees.replaced(root, kind, path, begun(word))
    return trees.regrouped(root, kind, path, word, at_least)


def capped(root: Any, kind: Kind, path: Steps, caps: Mapping[str, int | None]) -> Any:
    """A copy with these caps on the value at a path; None takes one away. Raises NotFound."""
    found = trees.branch(root, kind, path)
    if found.kind != "value" or not isinstance(found.node, Mapping):
        raise NotFound("no value there")
    left = {name: item for name, item in found.node.items() if name not in CAPS}
    return trees.replaced(root, kind, path, left | {name: caps[name] for name in CAPS if caps.get(name) is not None})
