"""Where conditions and derived values stand in a draft: "rule/A05/when", "question/cc_main/show_when" and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.forms.editing.documents import MISSING, Steps, drop, list_at, look, mapping_at, put
from portal.forms.editing.entries import BY_ID, LISTS, LOCKS, find
from portal.forms.editing.trees import Kind
from portal.forms.editing.vocabulary import HOLDERS, question_steps
from portal.kernel.errors import NotFound

HELD_BY = {"rule": "rules", "override": "overrides", "topic_rule": "topic_rules", "always": "always"}
NAMED = {"named": "conditions", "value": "values"}
# A rule without its condition is no rule; a notice or a page without one is there always.
MUST = ("rules", "overrides", "topic_rules")


@dataclass(frozen=True)
class Where:
    """One tree of a draft: the steps to it, what it is, whether it may be taken away, and what may be locked."""

    address: str
    steps: Steps
    kind: Kind
    optional: bool
    lock: str
    owner: str
    """What it belongs to: "rules", "overrides", "question", "page", "section", "conditions", "values" …"""
    name: str


def where(content: object, address: str) -> Where:
    """The place of an address; raises NotFound when the draft has no such thing."""
    match tuple(address.split("/")):
        case ("question", key, "show_when" | "required" as what):
            return _question(content, address, key, what)
        case ("page" | "section" as holder, key, "show_when"):
            return _holder(content, address, holder, key)
        case ("named" | "value" as named, key):
            return _named(content, address, named, key)
        case ("rule" | "override" | "topic_rule" | "always" as held, name, *rest):
            return _of_rule(content, (address, held, name), tuple(rest))
    raise NotFound("no such condition")


def tree(content: object, place: Where) -> Any:
    """The tree at a place, or MISSING where none is (true and false of `required` are no trees)."""
    found = look(content, place.steps)
    if place.kind == "condition" and isinstance(found, bool):
        return MISSING
    return found


def kept(content: object, place: Where, root: Any) -> Any:
    """A copy of the content with this tree at its place; MISSING takes it away. Raises NotFound."""
    holder = look(content, place.steps[:-1])
    if isinstance(holder, str) and root is not MISSING:
        # A notice that was always shown becomes one with a condition.
        return put(content, place.steps[:-1], {"notice": holder, "when": root})
    if root is not MISSING:
        return put(content, place.steps, root)
    if not place.optional:
        raise NotFound("this must have a condition")
    if look(content, place.steps) is MISSING:
        return put(content, (), content)
    changed = drop(content, place.steps)
    left = look(changed, place.steps[:-1])
    if place.steps[-3:-2] == ("notices",) and isinstance(left, dict) and set(left) == {"notice"}:
        return put(changed, place.steps[:-1], left["notice"])
    return changed


def _question(content: object, address: str, key: str, what: str) -> Where:
    for steps, question in question_steps(content):
        if question.get("key") == key:
            return Where(address, (*steps, what), "condition", True, f"question:{key}", "question", key)
    raise NotFound("no such question")


def _holder(content: object, address: str, what: str, key: str) -> Where:
    for holder in HOLDERS[:1] if what == "page" else HOLDERS[1:]:
        for place, _item in enumerate(list_at(content, holder)):
            if mapping_at(content, (*holder, place)).get("key") == key:
                return Where(address, (*holder, place, "show_when"), "condition", True, f"{what}:{key}", what, key)
    raise NotFound("no such page or section")


def _named(content: object, address: str, named: str, key: str) -> Where:
    part = NAMED[named]
    if key not in mapping_at(content, ("thresholds", part)):
        raise NotFound("no such name")
    kind: Kind = "value" if part == "values" else "condition"
    lock = LOCKS[part]
    return Where(address, ("thresholds", part, key), kind, False, f"{lock}:{key}", part, key)


def _of_rule(content: object, asked: tuple[str, str, str], rest: tuple[str, ...]) -> Where:
    address, held, name = asked
    part = HELD_BY[held]
    steps: Steps = (*LISTS[part], find(content, part, name))
    lock = f"{held}:{name}"
    match rest:
        case ("when",):
            return Where(address, (*steps, "when"), "condition", part not in MUST, lock, part, name)
        case ("level" | "notices" as inside, one, "when") if part in BY_ID:
            here = (*_inside(content, (*steps, inside), one), "when")
            return Where(address, here, "condition", True, lock, part, name)
    raise NotFound("no such condition")


def _inside(content: object, steps: Steps, name: str) -> Steps:
    """A step of a level by its number, or a rule's notice by its key."""
    for place, item in enumerate(list_at(content, steps)):
        known = str(place) if steps[-1] == "level" else item.get("notice") if isinstance(item, dict) else item
        if known == name:
            return (*steps, place)
    raise NotFound("no such step or notice")
