"""What the holding area is narrowed by although only a higher package knows it, which registers the condition."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement

Condition = Callable[[str], ColumnElement[bool]]

_CONDITIONS: dict[str, Condition] = {}


def add(name: str, condition: Condition) -> None:
    """Narrow the list with `condition(value)`, over the row of `Referral`, where its address says `name`."""
    _CONDITIONS[name] = condition


def narrowed(name: str, value: str) -> ColumnElement[bool]:
    """The condition that was registered for that name."""
    return _CONDITIONS[name](value)
