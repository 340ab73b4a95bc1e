"""Derived values in plain words: compared ("the score is six or more"), and as what they are ("the sum of these")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.forms.statements.conditions import condition, count_line, counted, one_of, several_of
from portal.forms.statements.labels import mapping, plain, several
from portal.forms.statements.tree import Statement
from portal.forms.statements.writing import AND_SO_ON, COMPARISONS, NOT_A_VALUE, Writer, amount, comparison, measure
from portal.kernel.language import N_

Node = Mapping[str, Any]
CAPS = ("no_more_than", "no_less_than")
HOW_MANY = (
    N_("how many are chosen in “%(question)s”"),
    N_("how many of these are chosen in “%(question)s”:"),
    N_("how many are at level %(level)s in “%(question)s”"),
    N_("how many of these are at level %(level)s in “%(question)s”:"),
)


def compared(node: Node, writer: Writer, depth: int) -> Statement:
    """`{value: NAME, at_least: N}` in words: by the council's name for the value, else by what it is made of."""
    name = node.get("value")
    given = writer.labels.part("values")
    meaning = given.get(name) if isinstance(name, str) else None
    called = writer.labels.name(name)
    if called and _counts(meaning):
        return writer.line(N_("%(amount)s %(name)s"), amount=amount(node, writer), name=called)
    if called:
        return writer.line(N_("%(name)s is %(amount)s"), name=called, amount=measure(node, writer))
    if meaning is None:
        called = writer.words(N_("the value “%(name)s”"), name=plain(name))
        return writer.line(N_("%(name)s is %(amount)s"), name=called, amount=measure(node, writer))
    bound = {form: node[form] for form in COMPARISONS if form in node}
    return _compared(meaning, bound, writer, depth + 1)


def _counts(meaning: object) -> bool:
    return bool({"how_many", "count"} & set(mapping(meaning)))


def _compared(meaning: object, bound: Node, writer: Writer, depth: int) -> Statement:
    if writer.stopped(depth):
        return writer.line(AND_SO_ON)
    form = mapping(meaning)
    if not _idle(form, bound):
        return writer.line(N_("this is %(amount)s:"), [phrase(meaning, writer, depth)], amount=measure(bound, writer))
    for name, tell in COMPARED.items():
        if name in form:
            return tell(form, bound, writer, depth)
    return writer.line(N_("this is %(amount)s:"), [phrase(meaning, writer, depth)], amount=measure(bound, writer))


def _idle(form: Node, bound: Node) -> bool:
    """Whether the caps of a value make no difference to its comparison, so that nothing need be said of them."""
    name, number = comparison(bound)
    caps = [form[cap] for cap in CAPS if cap in form]
    if not caps:
        return True
    if name == "is" or not all(_whole(one) for one in (number, *caps)):
        return False
    return bool(form.get("no_less_than", number - 1) < number <= form.get("no_more_than", number))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _listed(form: str, msgid: str) -> Callable[[Node, Node, Writer, int], Statement]:
    def tell(node: Node, bound: Node, writer: Writer, depth: int) -> Statement:
        return writer.line(msgid, _parts(node[form], writer, depth), amount=measure(bound, writer))

    return tell


def _how_many(node: Node, bound: Node, writer: Writer, depth: int) -> Statement:
    parts = several_of(node["how_many"], writer, depth)
    return writer.line(N_("%(amount)s of these hold:"), parts, amount=amount(bound, writer))


def _count(node: Node, bound: Node, writer: Writer, _depth: int) -> Statement:
    return counted({"count": node["count"], **bound}, writer)


def _highest_level(node: Node, bound: Node, writer: Writer, _depth: int) -> Statement:
    highest = mapping(node["highest_level"])
    key = highest.get("answer")
    gaps = {"question": writer.asked(key).label, "amount": measure(bound, writer)}
    if "of" not in highest:
        return Statement(writer.words(N_("the highest level in “%(question)s” is %(amount)s"), **gaps))
    phrase_of = N_("the highest level of these in “%(question)s” is %(amount)s:")
    return Statement(writer.words(phrase_of, **gaps), writer.chosen(key, highest["of"]))


def _answered(node: Node, bound: Node, writer: Writer, _depth: int) -> Statement:
    key = node["answer"]
    asked = writer.asked(key)
    if "points" not in node:
        return writer.line(N_("“%(question)s” is %(amount)s"), question=asked.label, amount=measure(bound, writer))
    points = mapping(node["points"])
    name, least = comparison(bound)
    if asked.type in {"radios", "select", "search", "yes_no"} and name == "at_least" and _over(least, 0):
        enough = [option for option, number in points.items() if _over(number, least - 1)]
        if enough:
            return one_of(key, enough, writer)
    gaps = {"question": asked.label, "amount": measure(bound, writer)}
    told = writer.words(N_("points for “%(question)s” are %(amount)s:"), **gaps)
    return Statement(told, tuple(_points(key, points, writer)))


def _over(number: object, bound: int) -> bool:
    return isinstance(number, int) and _whole(number) and number > bound


def _points(key: object, points: Node, writer: Writer) -> list[Statement]:
    told: list[Statement] = []
    for option, number in points.items():
        if writer.stopped(0):
            return [*told, writer.line(AND_SO_ON)]
        label = writer.labels.option(key, option)
        told.append(writer.line(N_("“%(option)s”: %(number)s"), option=label, number=plain(number)))
    return told


def _other_value(node: Node, bound: Node, writer: Writer, depth: int) -> Statement:
    return compared({"value": node["value"], **bound}, writer, depth + 1)


def _since(form: str, msgid: str) -> Callable[[Node, Node, Writer, int], Statement]:
    def tell(node: Node, bound: Node, writer: Writer, _depth: int) -> Statement:
        return writer.line(msgid, question=writer.asked(node[form]).label, amount=measure(bound, writer))

    return tell


COMPARED: Mapping[str, Callable[[Node, Node, Writer, int], Statement]] = {
    "sum": _listed("sum", N_("the sum of these is %(amount)s:")),
    "highest": _listed("highest", N_("the highest of these is %(amount)s:")),
    "lowest": _listed("lowest", N_("the lowest of these is %(amount)s:")),
    "how_many": _how_many,
    "count": _count,
    "highest_level": _highest_level,
    "value": _other_value,
    "answer": _answered,
    "years_since": _since("years_since", N_("whole years since “%(question)s”: %(amount)s")),
    "days_since": _since("days_since", N_("days since “%(question)s”: %(amount)s")),
}


def phrase(node: object, writer: Writer, depth: int = 0) -> Statement:
    """What a derived value is; never raises."""
    if writer.stopped(depth):
        return writer.line(AND_SO_ON)
    if isinstance(node, int) and not isinstance(node, bool):
        return Statement(plain(node))
    form = mapping(node)
    for name, tell in PHRASES.items():
        if name in form:
            return _capped(tell(form, writer, depth), form, writer)
    return writer.line(NOT_A_VALUE)


def _capped(told: Statement, node: Node, writer: Writer) -> Statement:
    most, least = (writer.number(node.get(cap)) for cap in CAPS)
    if all(cap in node for cap in CAPS):
        bounds = writer.words(N_("no less than %(least)s and no more than %(most)s"), least=least, most=most)
    elif "no_more_than" in node:
        bounds = writer.words(N_("no more than %(most)s"), most=most)
    elif "no_less_than" in node:
        bounds = writer.words(N_("no less than %(least)s"), least=least)
    else:
        return told
    if told.children:
        return writer.line(N_("counted as %(bounds)s:"), [told], bounds=bounds)
    return writer.line(N_("%(value)s, counted as %(bounds)s"), value=told.text, bounds=bounds)


def _parts(nodes: object, writer: Writer, depth: int) -> list[Statement]:
    told: list[Statement] = []
    for node in several(nodes):
        if writer.left <= 0:
            return [*told, writer.line(AND_SO_ON)]
        told.append(phrase(node, writer, depth + 1))
    return told


def _list_of(form: str, msgid: str) -> Callable[[Node, Writer, int], Statement]:
    def tell(node: Node, writer: Writer, depth: int) -> Statement:
        return writer.line(msgid, _parts(node[form], writer, depth))

    return tell


def _phrase_how_many(node: Node, writer: Writer, depth: int) -> Statement:
    return writer.line(N_("how many of these hold:"), several_of(node["how_many"], writer, depth))


def _phrase_if(node: Node, writer: Writer, depth: int) -> Statement:
    then = phrase(node.get("then"), writer, depth + 1)
    otherwise = phrase(node.get("else", 0), writer, depth + 1)
    test = condition(node["if"], writer, depth + 1)
    return writer.line(
        N_("one or the other:"),
        [
            writer.line(N_("%(value)s, if this holds:"), [test], value=then.flat()),
            writer.line(N_("otherwise %(value)s"), value=otherwise.flat()),
        ],
    )


def _phrase_level(node: Node, writer: Writer, _depth: int) -> Statement:
    highest = mapping(node["highest_level"])
    key = highest.get("answer")
    label = writer.asked(key).label
    if "of" not in highest:
        return writer.line(N_("the highest level in “%(question)s”"), question=label)
    options = writer.chosen(key, highest["of"])
    return writer.line(N_("the highest level of these in “%(question)s”:"), options, question=label)


def _phrase_value(node: Node, writer: Writer, depth: int) -> Statement:
    name, given = node["value"], writer.labels.part("values")
    called = writer.labels.name(name)
    meaning = given.get(name) if isinstance(name, str) else None
    if called and _counts(meaning):
        return writer.line(N_("how many %(name)s"), name=called)
    if called:
        return Statement(called)
    if "points" in mapping(meaning):
        # Its points are told where the value itself is told; here they would hide the rule.
        label = writer.asked(mapping(meaning).get("answer")).label
        return writer.line(N_("points for “%(question)s”"), question=label)
    if meaning is not None:
        return phrase(meaning, writer, depth + 1)
    return writer.line(N_("the value “%(name)s”"), name=plain(name))


def _phrase_answer(node: Node, writer: Writer, _depth: int) -> Statement:
    key = node["answer"]
    label = writer.asked(key).label
    if "points" not in node:
        return writer.line(N_("the number answered to “%(question)s”"), question=label)
    return writer.line(N_("points for “%(question)s”:"), _points(key, mapping(node["points"]), writer), question=label)


def _phrase_since(form: str, msgid: str) -> Callable[[Node, Writer, int], Statement]:
    return lambda node, writer, _depth: writer.line(msgid, question=writer.asked(node[form]).label)


PHRASES: Mapping[str, Callable[[Node, Writer, int], Statement]] = {
    "sum": _list_of("sum", N_("the sum of these:")),
    "highest": _list_of("highest", N_("the highest of these:")),
    "lowest": _list_of("lowest", N_("the lowest of these:")),
    "how_many": _phrase_how_many,
    "if": _phrase_if,
    "count": lambda node, writer, _depth: count_line(mapping(node["count"]), "", writer, HOW_MANY),
    "highest_level": _phrase_level,
    "value": _phrase_value,
    "answer": _phrase_answer,
    "years_since": _phrase_since("years_since", N_("whole years since “%(question)s”")),
    "days_since": _phrase_since("days_since", N_("days since “%(question)s”")),
}
"""In the order in which the reader looks for them."""
