"""What a newer template or version proposes, in the words of the page: item by item, part by part, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.forms import statements
from portal.forms.merging import ADDED, CHANGED, MOVED, REMOVED, Merge, Proposal, clashes
from portal.forms.outline import Item, Outline
from portal.forms.views.field_names import field_words
from portal.forms.views.value_words import listed, value_words
from portal.kernel.language import say

_CONDITIONS = ("when", "show_when", "required")
LONGEST_NAME = 120
LONGEST_SHOWN = 1_500
# Fields that hold many things, and the kind of item that each belongs to.
MANY = {"always": "always", "topic_rules": "topic_rules", "exceptions": "settings", "names": "settings"}


@dataclass(frozen=True)
class Part:
    """One part of an item: what it is called, and its lines in the older content, our draft and the newer one; `clash`
    says that both changed it, and not to the same."""

    name: str
    old: tuple[str, ...]
    ours: tuple[str, ...]
    new: tuple[str, ...]
    clash: bool = True


@dataclass(frozen=True)
class Offer:
    """One proposal as a page shows it; `id` is what the page posts to accept it."""

    id: str
    title: str
    change: str
    colour: str
    conflict: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class _Side:
    """One of the three contents, for the words of its conditions."""

    outline: Outline
    form: Any
    thresholds: Any


def offers(merge: Merge, language: str) -> list[Offer]:
    """The proposals in words, in the order of the newer content."""
    sides = [_side(each) for each in (merge.base, merge.ours, merge.theirs)]
    return [_offer(each, merge, sides, language) for each in merge.proposals]


def _side(outline: Outline) -> _Side:
    content = outline.content()
    parts = content if isinstance(content, dict) else {}
    return _Side(outline, parts.get("form"), parts.get("thresholds"))


def title(item: Item, language: str) -> str:
    """What an item is called: its kind, and its own words where it has any."""
    kinds: Mapping[str, str] = {
        "form": _("Form"),
        "setting": _("Rules in general"),
        "page": _("Page"),
        "section": _("Section"),
        "urgent_section": _("Section of the short form"),
        "question": _("Question"),
        "urgent_question": _("Question of the short form"),
        "option": _("Answer"),
        "rule": _("Rule"),
        "override": _("Override"),
        "route": _("Route"),
        "level": _("Level"),
        "value": _("Value"),
        "condition": _("Condition"),
        "notice": _("Notice"),
        "topic": _("Advice topic"),
        "scenario": _("Scenario"),
    }
    return f"{kinds.get(item.kind, item.kind)}: {_called(item, language)}"


def locked_titles(names: tuple[str, ...], outline: Outline, language: str) -> list[str]:
    """What locked items are called, in order."""
    found = []
    for name in names:
        item = outline.items.get("setting:safety" if name == "safety" else name)
        item = item or outline.items.get(f"urgent_{name}")
        found.append(_("Safety properties") if name == "safety" else title(item, language) if item else name)
    return found


def _called(item: Item, language: str) -> str:
    if item.kind == "setting":
        return field_words(item.key)
    own = item.own if isinstance(item.own, dict) else {}
    named = [own.get(part) for part in ("label", "title", "why")]
    found = next((each for each in (*named, own) if _is_text(each) or (isinstance(each, str) and each)), item.key)
    words = say(found, language) if isinstance(found, dict) else str(found)
    shown = words if item.kind not in ("rule", "override", "scenario") else f"{item.key}. {words}"
    return shown if len(shown) <= LONGEST_NAME else shown[:LONGEST_NAME] + "…"


def _offer(proposal: Proposal, merge: Merge, sides: Sequence[_Side], language: str) -> Offer:
    changes = {
        ADDED: (_("New"), "green"),
        CHANGED: (_("Changed"), "blue"),
        REMOVED: (_("Removed"), "red"),
        MOVED: (_("Moved"), "purple"),
    }
    change, colour = changes[proposal.change]
    source = merge.theirs if proposal.name in merge.theirs.items else merge.base
    item = source.items[proposal.name]
    parts = _move(proposal, sides, language) if proposal.change == MOVED else _parts(proposal, sides, language)
    return Offer(proposal.id, title(item, language), change, colour, proposal.conflict, parts)


def _move(proposal: Proposal, sides: Sequence[_Side], language: str) -> tuple[Part, ...]:
    old, ours, new = (_where(proposal.name, side.outline, language) for side in sides)
    return (Part(_("Where it is"), old, ours, new),)


def _where(name: str, outline: Outline, language: str) -> tuple[str, ...]:
    """What an item is inside of, and what comes before it there."""
    item = outline.items[name]
    order = outline.order.get(item.slot, [])
    place = order.index(name) if name in order else 0
    owner = outline.items.get(item.slot[0])
    inside = () if owner is None or owner.kind in ("form", "setting", "content") else (title(owner, language),)
    if place == 0:
        return (*inside, _("At the beginning"))
    before = outline.items[order[place - 1]]
    return (*inside, _("After “%(name)s”", name=title(before, language)))


def _parts(proposal: Proposal, sides: Sequence[_Side], language: str) -> tuple[Part, ...]:
    documents = [each if each is not None else {} for each in (proposal.old, proposal.ours, proposal.new)]
    if proposal.name.startswith(("value:", "condition:")):
        whole = f"whole {proposal.name.partition(':')[0]}"
        return (_part(_("What it says"), whole, [(one, one) for one in documents], sides, language),)
    if not all(isinstance(each, dict) for each in documents) or any(_is_text(each) for each in documents):
        key = proposal.name.partition(":")[2] if proposal.name.startswith("setting:") else ""
        return (_part(_("What it says"), key, [(one, one) for one in documents], sides, language),)
    keys = dict.fromkeys(key for each in reversed(documents) for key in each if key not in ("key", "id"))
    found = []
    for key in keys:
        values = [each.get(key) for each in documents]
        if proposal.change != CHANGED or values[0] != values[2]:
            found.append(_part(_part_words(key), key, list(zip(values, documents, strict=True)), sides, language))
    return tuple(found)


def _part(name: str, key: str, values: Sequence[tuple[Any, Any]], sides: Sequence[_Side], language: str) -> Part:
    """A part with its value on each side; `values` are each with the document that it stands in."""
    lines = [
        _lines(key, value, document, side, language) for (value, document), side in zip(values, sides, strict=True)
    ]
    if key in MANY:
        # Of many things, those that are the same everywhere are left out.
        lines = [tuple(one for one in each if not all(one in other for other in lines)) for each in lines]
    old, ours, new = lines
    return Part(name, old, ours, new, clashes(*(value for value, _document in values)))


def _part_words(key: str) -> str:
    known: Mapping[str, str] = {
        "label": _("Words"),
        "title": _("Title"),
        "hint": _("Hint"),
        "intro": _("Introduction"),
        "type": _("Type"),
        "required": _("Must be answered"),
        "options": _("Answers"),
        "questions": _("Questions"),
        "show_when": _("Shown when"),
        "when": _("Holds when"),
        "route": _("Route"),
        "level": _("Level"),
        "why": _("Why"),
        "notices": _("Notices"),
        "topics": _("Advice topics"),
        "fact": _("Fact"),
        "value": _("Value"),
        "answers": _("Answers"),
        "what": _("What happens"),
        "who": _("Who decides"),
        "guidance": _("Guidance"),
    }
    return known.get(key) or field_words(key)


def _lines(key: str, value: Any, document: Any, side: _Side, language: str) -> tuple[str, ...]:
    """A value in words: texts in each language, conditions as sentences, all else as on the page of differences."""
    if value is None or value in ({}, []):
        return ()
    if isinstance(value, bool):
        return (_("Yes") if value else _("No"),)
    if key == "whole value" or (isinstance(value, dict) and key in (*_CONDITIONS, "whole condition")):
        spoken = statements.labels(side.form, side.thresholds, language)
        return (_stated(key, value, spoken, language),)
    if _is_text(value):
        names = {"en": _("English"), "cy": _("Welsh")}
        return tuple(f"{names[each]}: {value[each]}" for each in names if each in value)
    if isinstance(value, list) and all(isinstance(each, dict) and {"label", "title"} & set(each) for each in value):
        return tuple(_called(Item("", "", str(each.get("key")), ("", ()), each), language) for each in value)
    content = {"form": side.form, "thresholds": side.thresholds}
    many = listed(MANY[key], key, value, content) if key in MANY else None
    return tuple(many if many is not None else value_words(key, value, document, content)[:LONGEST_SHOWN].splitlines())


def _stated(key: str, value: Any, spoken: statements.Labels, language: str) -> str:
    if key == "whole value":
        return statements.value_lines(value, spoken, None, language).flat()
    return statements.statement(value, spoken, None, language)


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and set(value) <= {"en", "cy"}
        and all(isinstance(each, str) for each in value.values())
    )
