"""Which items of a form its template has locked, and which of them a draft has changed all the same. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from portal.forms.outline import Item, Outline, take_apart

KINDS: Final = ("question", "rule", "override", "notice", "topic", "route", "page", "section", "value", "condition")
"""What a template may lock by name, as in "question:cc_main"; and SAFETY, which has no name."""
SAFETY: Final = "safety"

AROUND: Final = ("page", "section", "urgent_section")
"""Items that are locked without the questions inside them."""

_URGENT: Final = {"question": "urgent_question", "section": "urgent_section"}


def broken(locked: Collection[str], template_content: object, content: object) -> list[str]:
    """The locked items that are other in `content` than in the template's, sorted; empty when all is well.

    A locked question or rule brings along what decides whether it counts: the conditions and values that it speaks
    of, the condition of the page or section around it, and the order of the locked rules.
    """
    ours, theirs = take_apart(content), take_apart(template_content)
    found = set()
    for name in _with_needed(locked, theirs):
        meant = [item.name for item in items(name, theirs)]
        if _says(meant, ours) != _says(meant, theirs):
            found.add(name)
    rules = [f"rule:{name}" for name in _order(theirs) if f"rule:{name}" in locked]
    ours_in_order = [f"rule:{name}" for name in _order(ours) if f"rule:{name}" in rules]
    if [name for name in rules if name in ours_in_order] != ours_in_order:
        found.update(rules)
    return sorted(found)


def all_locked(locked: Collection[str], template_content: object) -> frozenset[str]:
    """The locked items of a template with what their rules speak of: conditions and values are locked with them."""
    return frozenset(_with_needed(locked, take_apart(template_content)))


def unknown(locked: Collection[str], template_content: object) -> list[str]:
    """Names that lock nothing: misspelt, or of a kind that cannot be locked."""
    outline = take_apart(template_content)
    return [name for name in locked if name != SAFETY and not any(items(name, outline))]


def lock_of(item: Item) -> str:
    """The name under which a template may lock this item; "" for what cannot be locked."""
    kind, key = item.kind.removeprefix("urgent_"), item.name.partition(":")[2]
    if item.name == "setting:safety":
        return SAFETY
    if kind == "option":
        return "question:" + key.partition(".")[0]
    return f"{kind}:{key}" if kind in KINDS else ""


def items(name: str, outline: Outline) -> Iterator[Item]:
    """What a lock's name means: in the full form, and in the short one too."""
    if name == SAFETY:
        name = "setting:safety"
    kind, _colon, key = name.partition(":")
    for each in (name, f"{_URGENT.get(kind, kind)}:{key}"):
        if each in outline.items and (kind in KINDS or each == "setting:safety"):
            yield outline.items[each]
        if kind not in _URGENT:
            return


def _says(names: Sequence[str], outline: Outline) -> str:
    """All that counts of what a lock means, as one text: two are the same when their texts are."""
    said: list[Any] = []
    for name in names:
        item = outline.items.get(name)
        if item is None:
            said.append(None)
            continue
        # The questions inside a page have locks of their own.
        said.append([item.own if item.kind in AROUND else outline.whole(name), _around(item, outline)])
    return json.dumps(said, sort_keys=True, default=str)


def _around(item: Item, outline: Outline) -> list[Any]:
    """The conditions of everything that a question is inside of: with another one it might never be asked."""
    if not item.kind.endswith("question"):
        return []
    found: list[Any] = []
    owner = outline.items.get(item.slot[0])
    while owner is not None:
        if isinstance(owner.own, dict) and "show_when" in owner.own:
            found.append(owner.own["show_when"])
        owner = outline.items.get(owner.slot[0])
    return found


def _order(outline: Outline) -> list[str]:
    return [name.partition(":")[2] for name in outline.order.get(("setting:rules", ()), ())]


def _with_needed(locked: Collection[str], outline: Outline) -> set[str]:
    found: set[str] = set()
    waiting = list(locked)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for item in items(name, outline):
            waiting.extend(_needed(outline.whole(item.name)))
    return found


def _needed(node: object) -> Iterator[str]:
    """The named conditions and values that a document speaks of, at any depth."""
    if isinstance(node, dict):
        for key, kind in (("met", "condition"), ("value", "value")):
            if isinstance(node.get(key), str) and "label" not in node:
                yield f"{kind}:{node[key]}"
        for each in node.values():
            yield from _needed(each)
    elif isinstance(node, list):
        for each in node:
            yield from _needed(each)
