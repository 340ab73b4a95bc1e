"""One line of a condition or of a derived value as the fields of a form: read from its node, and written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.editing.trees import Kind
from portal.forms.editing.vocabulary import MANY, NUMBERS, Subject, Vocabulary

CAPS = ("no_more_than", "no_less_than")
SINGLE = frozenset({"radios", "select", "search", "yes_no"})
BOUNDS = ("at_least", "below", "is")
# How an answer compares, by the word that the form uses; "equals" is `is` a number, "filled" is `empty: false`.
ONE_OPTION = ("is", "has")
OPTIONS = ("in", "not_in", "has_any")
NUMBER = ("at_least", "below", "equals")
EMPTY = {"empty": True, "filled": False}
LEVEL_RULES = ("level_at_least", "level_is")
ABOUT: Mapping[Kind, tuple[str, ...]] = {
    "condition": ("answer", "count", "value", "met", "always"),
    "value": ("number", "answer", "count", "highest_level", "value", "years_since", "days_since"),
}


@dataclass(frozen=True)
class Line:
    """One leaf as fields: what it is about, how it compares, and with what; fields that do not apply are empty."""

    about: str
    name: str = ""
    compare: str = ""
    options: tuple[str, ...] = ()
    number: int | None = None
    level_rule: str = ""
    level: int | None = None
    points: tuple[tuple[str, int], ...] | None = None
    no_more_than: int | None = None
    no_less_than: int | None = None


def read(node: object, kind: Kind) -> Line | None:
    """The fields of a leaf, or None for a group and for what the form could not say again exactly."""
    line = _condition(node) if kind == "condition" else _value(node)
    return line if line is not None and write(line, kind) == node else None


def write(line: Line, kind: Kind) -> Any:
    """The node that a line stands for."""
    if kind == "condition":
        return _condition_node(line)
    node = _value_node(line)
    caps = {name: getattr(line, name) for name in CAPS if getattr(line, name) is not None}
    return {**node, **caps} if isinstance(node, dict) else node


def in_order(options: tuple[str, ...], before: object) -> tuple[str, ...]:
    """The same options, those that stood there before first and in their old order."""
    old = [name for name in before if isinstance(name, str)] if isinstance(before, list | tuple) else []
    return (*(name for name in old if name in options), *(name for name in options if name not in old))


def subjects_for(about: str, kind: Kind, words: Vocabulary) -> list[Subject]:
    """The questions that a line about an answer, a count, a level or a date may name."""
    types: frozenset[str] | None = None
    if about == "count":
        types = MANY
    elif about == "highest_level":
        types = frozenset({"levels"})
    elif about in {"years_since", "days_since"}:
        types = frozenset({"date"})
    elif kind == "value":
        types = SINGLE | NUMBERS | {"checkboxes"}
    return [one for one in words.subjects.values() if types is None or one.type in types]


def comparisons(subject: Subject) -> list[str]:
    """How an answer to this question can be compared, in the order of the form."""
    found: list[str] = []
    if subject.type in MANY:
        found += ["has_any", "has"]
    elif subject.options:
        found += ["is", "in", "not_in"]
    if subject.type in NUMBERS:
        found += ["at_least", "below", "equals"]
    elif subject.type in SINGLE and any(value.isdigit() for value, _label in subject.options):
        found += ["at_least", "below"]
    return [*found, "filled", "empty"]


def _condition(node: object) -> Line | None:
    if not isinstance(node, Mapping):
        return None
    if "always" in node:
        return Line("always")
    if "met" in node:
        return Line("met", name=str(node["met"]))
    if "value" in node:
        return _compared(Line("value", name=str(node["value"])), node)
    if "count" in node:
        counted = _counted("count", node["count"])
        return _compared(counted, node) if counted else None
    return _answer(node) if "answer" in node else None


def _answer(node: Mapping[str, Any]) -> Line | None:
    name = str(node["answer"])
    for word in (*ONE_OPTION, *OPTIONS, "at_least", "below", "empty"):
        if word in node:
            return _with(name, word, node[word])
    return None


def _with(name: str, word: str, wanted: object) -> Line | None:
    if word == "empty":
        return Line("answer", name, "empty" if wanted is True else "filled")
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        return Line("answer", name, "equals" if word == "is" else word, number=wanted)
    if word in ONE_OPTION and isinstance(wanted, str):
        return Line("answer", name, word, (wanted,))
    if word in OPTIONS and isinstance(wanted, list) and all(isinstance(one, str) for one in wanted):
        return Line("answer", name, word, tuple(wanted))
    return None


def _compared(line: Line, node: Mapping[str, Any]) -> Line | None:
    for word in BOUNDS:
        if word in node and isinstance(node[word], int):
            return Line(**{**vars(line), "compare": "equals" if word == "is" else word, "number": node[word]})
    return None


def _counted(about: str, node: object) -> Line | None:
    if not isinstance(node, Mapping) or not isinstance(node.get("answer"), str):
        return None
    rule = next((word for word in LEVEL_RULES if word in node), "")
    of = node.get("of", [])
    if not isinstance(of, list) or not all(isinstance(one, str) for one in of):
        return None
    return Line(about, node["answer"], options=tuple(of), level_rule=rule, level=node.get(rule))


def _value(node: object) -> Line | None:
    if isinstance(node, int) and not isinstance(node, bool):
        return Line("number", number=node)
    if not isinstance(node, Mapping):
        return None
    line = _formula(node)
    caps = {name: node[name] for name in CAPS if isinstance(node.get(name), int)}
    return Line(**{**vars(line), **caps}) if line else None


def _formula(node: Mapping[str, Any]) -> Line | None:
    for about in ("count", "highest_level"):
        if about in node:
            return _counted(about, node[about])
    for about in ("years_since", "days_since", "value"):
        if about in node:
            return Line(about, str(node[about]))
    if "answer" not in node:
        return None
    points = node.get("points")
    if points is None:
        return Line("answer", str(node["answer"]), "number")
    if not isinstance(points, Mapping) or not all(isinstance(one, int) for one in points.values()):
        return None
    return Line("answer", str(node["answer"]), "points", points=tuple((str(key), n) for key, n in points.items()))


def _condition_node(line: Line) -> Any:
    if line.about == "always":
        return {"always": True}
    if line.about == "met":
        return {"met": line.name}
    if line.about == "value":
        return {"value": line.name, **_bound(line)}
    if line.about == "count":
        return {"count": _count_node(line), **_bound(line)}
    return {"answer": line.name, **_answer_node(line)}


def _answer_node(line: Line) -> dict[str, Any]:
    if line.compare in EMPTY:
        return {"empty": EMPTY[line.compare]}
    if line.compare in NUMBER:
        return _bound(line)
    if line.compare in ONE_OPTION:
        return {line.compare: line.options[0] if line.options else ""}
    return {line.compare: list(line.options)}


def _bound(line: Line) -> dict[str, Any]:
    return {"is" if line.compare == "equals" else line.compare: line.number}


def _count_node(line: Line) -> dict[str, Any]:
    node: dict[str, Any] = {"answer": line.name}
    if line.options:
        node["of"] = list(line.options)
    if line.level_rule:
        node[line.level_rule] = line.level
    return node


def _value_node(line: Line) -> Any:
    if line.about == "number":
        return line.number
    if line.about in {"count", "highest_level"}:
        return {line.about: _count_node(line)}
    if line.about != "answer":
        return {line.about: line.name}
    return {"answer": line.name} | ({} if line.points is None else {"points": dict(line.points)})
