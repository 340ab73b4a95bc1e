"""A condition or a derived value as indented rows: each line in plain words, each group with what it can become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from portal.forms import statements
from portal.forms.editing.documents import MISSING
from portal.forms.editing.lines import CAPS
from portal.forms.editing.trees import CONDITION_GROUPS, VALUE_GROUPS, Branch, Kind, branches, dotted
from portal.forms.rows.around import Around

CONDITION_STARTS = ("all", "any", "of")
VALUE_STARTS = (*VALUE_GROUPS, "how_many", "if")


@dataclass(frozen=True)
class Row:
    """One row: its path, how deep it stands, its words, and which buttons it has; groups hold the rows beneath."""

    path: str
    words: str
    group: str
    kind: Kind
    role: str
    """What it is inside an "if": if, then or else; "" elsewhere."""
    up: bool
    down: bool
    removable: bool
    becomes: tuple[tuple[str, str], ...]
    starts: tuple[tuple[str, str], ...]
    least: int
    caps: tuple[tuple[str, str, str], ...]
    rows: tuple[Row, ...]


def row(around: Around, root: Any, kind: Kind) -> Row | None:
    """The whole tree as one row with rows beneath it; None when there is none."""
    if root is MISSING:
        return None
    found = branches(root, kind)
    return _row(around, found[0], found)


def _row(around: Around, here: Branch, found: list[Branch]) -> Row:
    beneath = [one for one in found if one.depth == here.depth + 1 and one.path[: len(here.path)] == here.path]
    node = here.node if isinstance(here.node, dict) else {}
    last = here.path[-1] if here.path else ""
    least = node.get("at_least") if here.group == "of" else 1
    return Row(
        path=dotted(here.path),
        words=_words(around, here),
        group=here.group,
        kind=here.kind,
        role=str(last) if last in {"if", "then", "else"} else "",
        up=here.listed and not here.first,
        down=here.listed and not here.last,
        removable=bool(here.path) and here.node is not MISSING and (here.listed or last in {"else", "not"}),
        becomes=_becomes(here, bool(beneath)),
        starts=_starts(here),
        least=least if isinstance(least, int) else 1,
        caps=_caps(node) if here.kind == "value" and here.group else (),
        rows=tuple(_row(around, one, found) for one in beneath),
    )


def _words(around: Around, here: Branch) -> str:
    if here.node is MISSING:
        return str(_("0, when nothing is said"))
    if here.group == "of":
        return str(_("At least %(least)s of these hold:", least=str(here.node.get("at_least"))))
    if here.group:
        return group_words(here.kind)[here.group]
    if here.kind == "condition":
        return statements.statement(here.node, around.labels, None, around.language)
    return statements.value_lines(here.node, around.labels, None, around.language).flat()


def group_words(kind: Kind) -> dict[str, str]:
    """What each kind of group says, as the line above its parts."""
    if kind == "condition":
        return {
            "all": _("All of these hold:"),
            "any": _("At least one of these holds:"),
            "of": _("At least so many of these hold:"),
            "not": _("This does not hold:"),
        }
    return {
        "sum": _("These added up:"),
        "highest": _("The highest of these:"),
        "lowest": _("The lowest of these:"),
        "how_many": _("How many of these hold:"),
        "if": _("One number or another:"),
    }


def group_names(kind: Kind) -> dict[str, str]:
    """What each kind of group is called in a list of choices."""
    if kind == "condition":
        return {
            "all": _("All of"),
            "any": _("Any of"),
            "of": _("At least so many of"),
            "not": _("Not"),
        }
    return {
        "sum": _("Sum"),
        "highest": _("Highest"),
        "lowest": _("Lowest"),
        "how_many": _("How many conditions hold"),
        "if": _("If, then, otherwise"),
    }


def _becomes(here: Branch, filled: bool) -> tuple[tuple[str, str], ...]:
    """What a group can be changed into: an empty one into anything, one with parts into what holds the same parts."""
    names = group_names(here.kind)
    allowed: tuple[str, ...]
    if here.kind == "condition":
        allowed = CONDITION_GROUPS if filled else CONDITION_STARTS
    else:
        allowed = (VALUE_GROUPS if here.group in VALUE_GROUPS else ()) if filled else VALUE_STARTS
    return tuple((word, names[word]) for word in allowed) if here.group else ()


def _starts(here: Branch) -> tuple[tuple[str, str], ...]:
    """The groups that can be added inside this one."""
    if here.group in {"", "not", "if"}:
        return ()
    inside: Kind = "condition" if here.kind == "condition" or here.group == "how_many" else "value"
    names = group_names(inside)
    return tuple((word, names[word]) for word in (CONDITION_STARTS if inside == "condition" else VALUE_STARTS))


def _caps(node: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    words = {"no_more_than": _("Never more than"), "no_less_than": _("Never less than")}
    return tuple((name, words[name], str(node.get(name, ""))) for name in CAPS)
