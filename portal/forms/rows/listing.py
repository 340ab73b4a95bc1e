"""Lists of the parts of a rule set as a page shows them: each entry in plain words, with what can be done with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from portal.forms import statements
from portal.forms.editing.documents import names_in, text_at
from portal.forms.editing.entries import BY_ID, Entry, entries, free_key
from portal.forms.rows.around import Around
from portal.forms.statements import Statement

CONDITION_OF = {
    "rules": "rule/{}/when", "overrides": "override/{}/when", "always": "always/{}/when",
    "topic_rules": "topic_rule/{}/when", "conditions": "named/{}", "values": "value/{}",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One entry: its address, its heading, a tag, statements, further facts, and where its condition is edited."""

    address: str
    title: str
    tag: str
    statements: tuple[Statement, ...]
    facts: tuple[tuple[str, str], ...]
    condition: str
    locked: bool
    place: int
    last: bool
    copy: str
    parts: tuple[tuple[str, str, int], ...] = ()
    """Conditions inside it (of a level's steps, of notices shown only sometimes): words, address, place of the step."""


def part_words() -> dict[str, str]:
    """What each part is called, in the order of the page."""
    return {
        "rules": _("Rules"),
        "overrides": _("“I disagree”"),
        "conditions": _("Named conditions"),
        "values": _("Derived values"),
        "notices": _("Notices"),
        "always": _("Notices shown for every rule"),
        "topics": _("Topics of advice"),
        "topic_rules": _("Rules for topics"),
        "routes": _("Routes"),
        "levels": _("Levels of need"),
        "exceptions": _("Exceptions to the safety checks"),
    }


def one_words(part: str) -> str:
    """The words of the link that adds one more to a part."""
    words = {
        "rules": _("Add a rule"),
        "overrides": _("Add a way up"),
        "conditions": _("Add a named condition"),
        "values": _("Add a derived value"),
        "notices": _("Add a notice"),
        "always": _("Add a notice for every rule"),
        "topics": _("Add a topic"),
        "topic_rules": _("Add a rule for topics"),
        "routes": _("Add a route"),
        "levels": _("Add a level"),
        "exceptions": _("Add an exception"),
    }
    return str(words[part])


def shown(around: Around, part: str, locked: Collection[str] = ()) -> list[Shown]:
    """The entries of a part, in order; never raises on a wrong draft, NotFound for an unknown part."""
    found = entries(around.content, part)
    known = {one.address for one in found}
    shown_ones = [_shown(around, part, one, known, locked) for one in found]
    last = len(found) - 1
    return [replace(one, place=place, last=place == last) for place, one in enumerate(shown_ones)]


def _shown(around: Around, part: str, one: Entry, known: Collection[str], locked: Collection[str]) -> Shown:
    node = one.node if isinstance(one.node, Mapping) else {}
    condition = CONDITION_OF.get(part, "").format(one.address)
    return Shown(
        address=one.address,
        title=_title(around, part, one, node),
        tag=around.called("routes", str(node.get("route", ""))) if part in BY_ID else "",
        statements=_statements(around, part, one.node),
        facts=tuple(_facts(around, part, node)),
        condition=condition,
        locked=one.lock in locked,
        place=0,
        last=False,
        copy=free_key(known, part, one.address),
        parts=tuple(_parts(around, part, one.address, node)),
    )


def _title(around: Around, part: str, one: Entry, node: Mapping[str, Any]) -> str:
    if part in {"notices", "levels"}:
        return around.say(text_at(one.node, ()), one.address)
    if part == "always":
        return around.called("notices", str(node.get("notice", "")))
    if part == "topic_rules":
        return ", ".join(around.called("topics", key) for key in names_in(node.get("topics")))
    if part == "exceptions":
        return around.called("rules", str(node.get("rule", "")))
    if part in {"routes", "topics", "conditions", "values"}:
        return around.called(part, one.address)
    return one.address


def _statements(around: Around, part: str, node: object) -> tuple[Statement, ...]:
    drawn = (around.labels, None, around.language)
    if part in BY_ID:
        return statements.rule_lines(node, *drawn)
    if part == "conditions":
        return (statements.lines(node, *drawn),)
    if part == "values":
        return (statements.value_lines(node, *drawn),)
    if part == "always":
        return (statements.notice_lines(node, *drawn),)
    return (statements.topic_lines(node, *drawn),) if part == "topic_rules" else ()


def _facts(around: Around, part: str, node: Mapping[str, Any]) -> list[tuple[str, str]]:
    if part in BY_ID:
        notices = [around.called("notices", str(key)) for key in _keys(node.get("notices"))]
        return [(_("Why"), around.say(text_at(node, ("why",)))), *((_("Notice"), one) for one in notices)]
    if part == "routes":
        texts = ((_("What happens next"), "what"), (_("Who decides"), "who"))
        rank = (_("Urgency"), str(node.get("rank", "")))
        return [rank, *((label, around.say(text_at(node, (name,)))) for label, name in texts)]
    if part == "topics":
        return [(_("Summary"), around.say(text_at(node, ("summary",))))]
    if part == "exceptions":
        known = dict(around.choices("properties"))
        need = [(_("Need not hold"), known.get(key, key)) for key in names_in(node.get("properties"))]
        return [*need, (_("Reason"), around.say(text_at(node, ("reason",))))]
    return []


def _keys(notices: object) -> list[object]:
    found = notices if isinstance(notices, list) else []
    return [one.get("notice") if isinstance(one, Mapping) else one for one in found]


def _parts(around: Around, part: str, address: str, node: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    if part not in BY_ID:
        return []
    held = "rule" if part == "rules" else "override"
    level = node.get("level")
    steps = range(len(level)) if isinstance(level, list) else ()
    found = [
        (
            _("When step %(number)s of the level applies", number=place + 1),
            f"{held}/{address}/level/{place}/when",
            place,
        )
        for place in steps
    ]
    for key in _keys(node.get("notices")):
        words = _("When to show “%(notice)s”", notice=around.called("notices", str(key)))
        found.append((words, f"{held}/{address}/notices/{key}/when", 0))
    return found
