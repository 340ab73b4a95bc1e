"""Conditions in plain words: one function for each form of condition, whatever a draft holds in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.forms.statements.labels import mapping, plain, several
from portal.forms.statements.tree import Statement
from portal.forms.statements.writing import AND_SO_ON, UNREADABLE, Writer, amount
from portal.kernel.language import N_

Node = Mapping[str, Any]
CHOICES = frozenset({"checkboxes", "levels"})


def condition(node: object, writer: Writer, depth: int = 0) -> Statement:
    """One condition as a statement; never raises."""
    if writer.stopped(depth):
        return writer.line(AND_SO_ON)
    if isinstance(node, Mapping):
        for form, tell in FORMS.items():
            if form in node:
                return tell(node, writer, depth)
    return writer.line(UNREADABLE)


def several_of(nodes: object, writer: Writer, depth: int) -> list[Statement]:
    """Each of a list of conditions as a statement, as many as there is room for."""
    told: list[Statement] = []
    for node in several(nodes):
        if writer.left <= 0:
            return [*told, writer.line(AND_SO_ON)]
        told.append(condition(node, writer, depth + 1))
    return told


def _always(_node: Node, writer: Writer, _depth: int) -> Statement:
    return writer.line(N_("always"))


def _all(node: Node, writer: Writer, depth: int) -> Statement:
    parts = several_of(_joined(node, "all"), writer, depth)
    return parts[0] if len(parts) == 1 else writer.line(N_("all of these hold:"), parts)


def _any(node: Node, writer: Writer, depth: int) -> Statement:
    parts = several_of(_joined(node, "any"), writer, depth)
    return parts[0] if len(parts) == 1 else writer.line(N_("any of these holds:"), parts)


def _joined(node: Node, form: str) -> list[Any]:
    """The parts of a condition, with those of a part of the same form in its place: they mean the same."""
    parts: list[Any] = []
    for part in several(node[form]):
        same = isinstance(part, Mapping) and set(part) == {form} and several(part[form])
        parts.extend(several(part[form]) if same else [part])
    return parts


def _some_of(node: Node, writer: Writer, depth: int) -> Statement:
    parts = several_of(node["of"], writer, depth)
    return writer.line(N_("at least %(number)s of these hold:"), parts, number=writer.number(node.get("at_least")))


def _not(node: Node, writer: Writer, depth: int) -> Statement:
    inner = mapping(node["not"])
    if "not" in inner:
        return condition(inner["not"], writer, depth + 1)
    if "any" in inner:
        return writer.line(N_("none of these holds:"), several_of(_joined(inner, "any"), writer, depth))
    if "all" in inner:
        return writer.line(N_("not all of these hold:"), several_of(_joined(inner, "all"), writer, depth))
    turned = _turned(inner)
    if turned is not None:
        return condition(turned, writer, depth + 1)
    if inner.get("has_any") or "has" in inner:
        return _has_none(inner, writer)
    return writer.line(N_("this does not hold:"), [condition(node["not"], writer, depth + 1)])


def _turned(inner: Node) -> Node | None:
    """The condition that says the opposite of this one, where the language has one."""
    if "answer" not in inner:
        return None
    key = inner["answer"]
    if isinstance(inner.get("empty"), bool):
        return {"answer": key, "empty": not inner["empty"]}
    if "is" in inner:
        return {"answer": key, "not_in": [inner["is"]]}
    turned = {"in": "not_in", "not_in": "in"}
    return next(({"answer": key, turned[form]: inner[form]} for form in turned if form in inner), None)


def _has_none(inner: Node, writer: Writer) -> Statement:
    key = inner.get("answer")
    options = writer.chosen(key, inner.get("has_any") or [inner.get("has")])
    label = writer.asked(key).label
    if len(options) == 1:
        return writer.line(N_("“%(option)s” is not chosen in “%(question)s”"), option=options[0].text, question=label)
    return writer.line(N_("none of these is chosen in “%(question)s”:"), options, question=label)


def _met(node: Node, writer: Writer, depth: int) -> Statement:
    name, given = node["met"], writer.labels.part("conditions")
    called = writer.labels.name(name)
    if not isinstance(name, str) or name not in given:
        return Statement(called) if called else writer.line(N_("the condition “%(name)s” holds"), name=plain(name))
    meaning = condition(given[name], writer, depth + 1)
    if not called:
        return meaning
    return Statement(writer.words(N_("%(name)s, which means:"), name=called), (meaning,), short=called)


def _value(node: Node, writer: Writer, depth: int) -> Statement:
    from portal.forms.statements.values import compared  # noqa: PLC0415 - values speak of conditions and conditions of values

    return compared(node, writer, depth)


def counted(node: Node, writer: Writer, _depth: int = 0) -> Statement:
    """A count compared: "two or more of these chosen in “…”: A; B"."""
    count = mapping(node.get("count"))
    return count_line(count, amount(node, writer), writer, COUNTS)


Phrases = tuple[str, str, str, str]
"""Four ways to say a count: of all options, of some, at a level of all categories, at a level of some."""

COUNTS: Phrases = (
    N_("%(amount)s are chosen in “%(question)s”"),
    N_("%(amount)s of these are chosen in “%(question)s”:"),
    N_("%(amount)s are at level %(level)s in “%(question)s”"),
    N_("%(amount)s of these are at level %(level)s in “%(question)s”:"),
)


def count_line(count: Node, many: str, writer: Writer, phrases: Phrases) -> Statement:
    """A count in words, by the phrases given."""
    key = count.get("answer")
    asked, limited = writer.asked(key), "of" in count
    options = writer.chosen(key, count.get("of")) if limited else ()
    level = ""
    if "level_is" in count:
        level = writer.level(count["level_is"], asked.levels)
    elif "level_at_least" in count:
        level = writer.words(N_("%(level)s or above"), level=writer.level(count["level_at_least"], asked.levels))
    gaps = {"amount": many, "question": asked.label, "level": level}
    one = writer.words(N_("%(number)s or more"), number=writer.number(1))
    if len(options) == 1 and level and many == one:
        gaps["option"] = options[0].text
        return Statement(writer.words(N_("“%(option)s” is at level %(level)s in “%(question)s”"), **gaps))
    return Statement(writer.words(phrases[2 * bool(level) + limited], **gaps), options)


def _answer(node: Node, writer: Writer, _depth: int) -> Statement:
    for form, tell in ANSWERS.items():
        if form in node:
            return tell(node["answer"], node[form], writer)
    return writer.line(UNREADABLE)


def _is(key: object, wanted: object, writer: Writer) -> Statement:
    asked = writer.asked(key)
    if asked.type in {"number", "age"} and isinstance(wanted, int):
        return writer.line(N_("“%(question)s” is %(number)s"), question=asked.label, number=plain(wanted))
    option = writer.labels.option(key, wanted)
    return writer.line(N_("“%(question)s” is “%(option)s”"), question=asked.label, option=option)


def one_of(key: object, wanted: object, writer: Writer) -> Statement:
    """The answer is one of some options."""
    options, label = writer.chosen(key, wanted), writer.asked(key).label
    if len(options) == 1:
        return writer.line(N_("“%(question)s” is “%(option)s”"), question=label, option=options[0].text)
    if len(options) == 2:  # noqa: PLR2004 - two fit on a line
        first, second = options[0].text, options[1].text
        return writer.line(
            N_("“%(question)s” is “%(first)s” or “%(second)s”"), question=label, first=first, second=second
        )
    return writer.line(N_("“%(question)s” is one of these:"), options, question=label)


def _not_in(key: object, wanted: object, writer: Writer) -> Statement:
    options, label = writer.chosen(key, wanted), writer.asked(key).label
    if len(options) == 1:
        phrase = N_("“%(question)s” is not “%(option)s”, or has no answer")
        return writer.line(phrase, question=label, option=options[0].text)
    if len(options) == 2:  # noqa: PLR2004 - two fit on a line
        phrase = N_("“%(question)s” is neither “%(first)s” nor “%(second)s”, or has no answer")
        return writer.line(phrase, question=label, first=options[0].text, second=options[1].text)
    return writer.line(N_("“%(question)s” is none of these, or has no answer:"), options, question=label)


def _at_least(key: object, bound: object, writer: Writer) -> Statement:
    asked = writer.asked(key)
    phrase = (
        N_("“%(question)s” is %(number)s or over")
        if asked.type == "age"
        else N_("“%(question)s” is %(number)s or more")
    )
    return writer.line(phrase, question=asked.label, number=plain(bound))


def _below(key: object, bound: object, writer: Writer) -> Statement:
    asked = writer.asked(key)
    phrase = (
        N_("“%(question)s” is under %(number)s")
        if asked.type == "age"
        else N_("“%(question)s” is less than %(number)s")
    )
    return writer.line(phrase, question=asked.label, number=plain(bound))


def _has(key: object, wanted: object, writer: Writer) -> Statement:
    return _has_any(key, [wanted], writer)


def _has_any(key: object, wanted: object, writer: Writer) -> Statement:
    options, label = writer.chosen(key, wanted), writer.asked(key).label
    if len(options) == 1:
        return writer.line(N_("“%(option)s” is chosen in “%(question)s”"), option=options[0].text, question=label)
    return writer.line(N_("any of these is chosen in “%(question)s”:"), options, question=label)


def _empty(key: object, wanted: object, writer: Writer) -> Statement:
    asked, empty = writer.asked(key), wanted is True
    if asked.type in CHOICES and len(asked.exclusive) == 1:
        phrase = (
            N_("nothing, or only “%(option)s”, is chosen in “%(question)s”")
            if empty
            else N_("anything but “%(option)s” is chosen in “%(question)s”")
        )
        return writer.line(phrase, question=asked.label, option=asked.options[asked.exclusive[0]])
    if asked.type in CHOICES:
        phrase = N_("nothing is chosen in “%(question)s”") if empty else N_("something is chosen in “%(question)s”")
        return writer.line(phrase, question=asked.label)
    phrase = N_("“%(question)s” has no answer") if empty else N_("“%(question)s” has an answer")
    return writer.line(phrase, question=asked.label)


ANSWERS: Mapping[str, Callable[[object, Any, Writer], Statement]] = {
    "is": _is,
    "in": one_of,
    "not_in": _not_in,
    "at_least": _at_least,
    "below": _below,
    "has": _has,
    "has_any": _has_any,
    "empty": _empty,
}
FORMS: Mapping[str, Callable[[Node, Writer, int], Statement]] = {
    "always": _always,
    "all": _all,
    "any": _any,
    "not": _not,
    "of": _some_of,
    "met": _met,
    "value": _value,
    "count": counted,
    "answer": _answer,
}
"""In the order in which the reader looks for them."""
