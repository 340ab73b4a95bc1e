"""Reads the finer keys of a question: bounds, date forms and limits, named formats, decimals and guidance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.formats import FORMATS, is_day_limit
from portal.forms.mistakes import Checker, Path, shown
from portal.forms.questionnaire import DATE_FORMS, Guidance

BOUNDS: Mapping[str, tuple[int, int]] = {
    "text": (1, 500),
    "textarea": (1, 20_000),
    "number": (-1_000_000, 1_000_000),
    "age": (0, 130),
}
"""Types that take `min` and `max`, and the widest values these may have."""


OWNERS: Mapping[str, str] = {
    "forms": "date",
    "not_before": "date",
    "not_after": "date",
    "format": "text",
    "decimals": "number",
}
"""Keys that only one type of question has."""


def _belongs(parts: Mapping[str, Any], name: str, kind: str, path: Path, check: Checker) -> bool:
    """Tell whether a key is there and may be."""
    owner = OWNERS[name]
    if name in parts and kind and kind != owner:
        check.note((*path, name), f"a question of type {kind} has no {name}")
    return name in parts and kind == owner


def bounds(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> tuple[int | None, int | None]:
    """Return `min` and `max`; those of a group are read with how often it is given."""
    if kind == "group":
        return None, None
    given: dict[str, int] = {}
    for name in ("min", "max"):
        if name in parts and kind in BOUNDS:
            given[name] = check.whole(parts[name], (*path, name), *BOUNDS[kind])
        elif name in parts and kind:
            check.note((*path, name), f"a question of type {kind} has no {name}")
    if given.get("min", 0) > given.get("max", max(0, given.get("min", 0))):
        check.note((*path, "min"), "min is larger than max")
    return given.get("min"), given.get("max")


def date_forms(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> tuple[str, ...]:
    """Return how well a date may be known, in the order given; ("exact",) when nothing is said."""
    if not _belongs(parts, "forms", kind, path, check):
        return ("exact",)
    where = (*path, "forms")
    names = check.keys(parts["forms"], where, least=1)
    return tuple(check.one_of(name, (*where, place), DATE_FORMS, "form of a date") for place, name in enumerate(names))


def day_limit(parts: Mapping[str, Any], name: str, kind: str, path: Path, check: Checker) -> str | None:
    """Return the earliest or latest day allowed, as written: a date, "today", or "today" and so much."""
    if not _belongs(parts, name, kind, path, check):
        return None
    limit = parts[name]
    if not isinstance(limit, str) or not is_day_limit(limit):
        wanted = 'expected "today", "today-9m", "today+2y", "today+14d" or a date like "2026-03-31", in quotes'
        check.note((*path, name), f"{wanted}, found {shown(limit)}")
        return None
    return limit


def named_format(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> str | None:
    """Return the named format of a text; a council writes no patterns of its own."""
    if not _belongs(parts, "format", kind, path, check):
        return None
    return check.one_of(parts["format"], (*path, "format"), FORMATS, "format") or None


def decimals(parts: Mapping[str, Any], kind: str, path: Path, check: Checker) -> int | None:
    """Return how many decimals a number may have."""
    if not _belongs(parts, "decimals", kind, path, check):
        return None
    return check.whole(parts["decimals"], (*path, "decimals"), 0, 2)


def guidance(parts: Mapping[str, Any], path: Path, check: Checker) -> Guidance | None:
    """Return the help beside a question."""
    if "guidance" not in parts:
        return None
    where = (*path, "guidance")
    given = check.mapping(parts["guidance"], where, must=["title", "body"], may=["examples"])
    examples = check.sequence(given.get("examples", []), (*where, "examples"), most=10)
    return Guidance(
        title=check.text(given.get("title"), (*where, "title")),
        body=check.text(given.get("body"), (*where, "body")),
        examples=tuple(check.text(item, (*where, "examples", place)) for place, item in enumerate(examples)),
    )
