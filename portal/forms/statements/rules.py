"""Rules, overrides, notices, advice pages and levels in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.forms.statements.conditions import condition
from portal.forms.statements.labels import mapping, plain, several
from portal.forms.statements.tree import Statement
from portal.forms.statements.values import phrase
from portal.forms.statements.writing import UNREADABLE, Writer
from portal.kernel.language import N_

Node = Mapping[str, Any]
ALWAYS = {"always": True}


def rule(node: object, writer: Writer) -> list[Statement]:
    """What a rule or an override does, when, and at which level; one or more lines."""
    parts = mapping(node)
    if not parts:
        return [writer.line(UNREADABLE)]
    told = [_where(parts, writer)]
    if "from" in parts:
        told.append(_open_from(parts, writer))
    if several(parts.get("except")):
        whose = [Statement(_rule_name(key, writer)) for key in several(parts["except"])]
        told.append(writer.line(N_("but not after these rules:"), whose))
    if isinstance(parts.get("level"), list | tuple | Mapping):
        told.append(_level(parts["level"], writer))
    return told


def _where(parts: Node, writer: Writer) -> Statement:
    route, level = writer.labels.route(parts.get("route")), parts.get("level")
    leveled = isinstance(level, int)
    when = parts.get("when")
    if when == ALWAYS:
        otherwise = N_("otherwise it goes to “%(route)s” (level %(level)s)")
        bare = N_("otherwise it goes to “%(route)s”")
        return writer.line(otherwise if leveled else bare, route=route, level=plain(level))
    test = condition(when, writer)
    if test.children:
        reached = N_("it goes to “%(route)s” (level %(level)s) if %(condition)s")
        bare = N_("it goes to “%(route)s” if %(condition)s")
    else:
        reached = N_("if %(condition)s, it goes to “%(route)s” (level %(level)s)")
        bare = N_("if %(condition)s, it goes to “%(route)s”")
    gaps = {"route": route, "level": plain(level)}
    told = writer.words(reached if leveled else bare, condition=test.text, **gaps)
    short = writer.words(reached if leveled else bare, condition=test.short, **gaps) if test.short else ""
    return Statement(told, test.children, short)


def _open_from(parts: Node, writer: Writer) -> Statement:
    routes = [Statement(writer.labels.route(key)) for key in several(parts["from"])]
    return writer.line(N_("only where the other rules chose one of these:"), routes)


def _rule_name(key: object, writer: Writer) -> str:
    rules = [mapping(one) for one in several(writer.labels.thresholds.get("rules"))]
    why = next((writer.labels.said(one.get("why")) for one in rules if one.get("id") == key), "")
    return f"{plain(key)}: {why}" if why else plain(key)


def _level(node: object, writer: Writer) -> Statement:
    if isinstance(node, Mapping):
        value = phrase(node, writer)
        if not value.children:
            return writer.line(N_("the level of need is %(value)s"), value=value.text)
        return writer.line(N_("the level of need is this:"), [value])
    return writer.line(
        N_("the level of need is the first of these that fits:"), [_step(mapping(one), writer) for one in several(node)]
    )


def _step(step: Node, writer: Writer) -> Statement:
    level = step.get("level")
    called = phrase(level, writer).flat() if isinstance(level, Mapping) else plain(level)
    if level is None:
        called = writer.words(N_("no level"))
    if "when" not in step:
        return writer.line(N_("otherwise %(value)s"), value=called)
    test = condition(step["when"], writer)
    return writer.line(N_("%(level)s if %(condition)s"), test.children, level=called, condition=test.text)


def notice(node: object, writer: Writer) -> Statement:
    """When a notice is shown, of a rule's own notices or of those under `always`."""
    parts = mapping(node) or {"notice": node}
    key = parts.get("notice")
    text = writer.labels.said(writer.labels.part("notices").get(key)) if isinstance(key, str) else ""
    shown = text or plain(key)
    routes = [writer.labels.route(one) for one in several(parts.get("routes"))]
    if "when" not in parts and not routes:
        return writer.line(N_("“%(notice)s” is always shown"), notice=shown)
    if "when" not in parts:
        lines = [Statement(route) for route in routes]
        return writer.line(N_("“%(notice)s” is shown on these routes:"), lines, notice=shown)
    test = condition(parts["when"], writer)
    if routes:
        both = [writer.line(N_("on these routes:"), [Statement(route) for route in routes]), test]
        return writer.line(N_("“%(notice)s” is shown if both hold:"), both, notice=shown)
    phrase_if = N_("“%(notice)s” is shown if %(condition)s")
    return writer.line(phrase_if, test.children, notice=shown, condition=test.text)


def topics(node: object, writer: Writer) -> Statement:
    """When advice pages are shown, or left out again."""
    parts = mapping(node)
    known = writer.labels.part("topics")
    keys = [key for key in several(parts.get("topics")) if isinstance(key, str)]
    titles = [writer.labels.said(mapping(known.get(key)).get("title")) or key for key in keys]
    named = "; ".join(f"“{title}”" for title in titles)
    test = condition(parts.get("when"), writer)
    shown, left_out = N_("%(pages)s: shown if %(condition)s"), N_("%(pages)s: left out if %(condition)s")
    msgid = left_out if parts.get("drop") is True else shown
    return writer.line(msgid, test.children, condition=test.text, pages=named)


def every_rule(writers: Callable[[], Writer], thresholds: Node) -> dict[str, tuple[Statement, ...]]:
    """The lines of every rule and override by its id; each is written anew, so that none is cut for the others."""
    given = [*several(thresholds.get("rules")), *several(thresholds.get("overrides"))]
    return {plain(mapping(one).get("id")): tuple(line.begun() for line in rule(one, writers())) for one in given}
