"""What the holding area is narrowed by although only a higher package knows it, which registers the conditions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement

Condition = Callable[[str], ColumnElement[bool]]
Left = Callable[[str, datetime], ColumnElement[bool]]

_CONDITIONS: dict[str, tuple[Condition, Left]] = {}


def add(name: str, condition: Condition, left: Left) -> None:
    """Narrow the list with `condition(value)`, over the row of `Referral`, where its address says `name`; `left(value,
    moment)` says whether a report is in that list no more and was at the moment."""
    _CONDITIONS[name] = (condition, left)


def narrowed(name: str, value: str) -> ColumnElement[bool]:
    """The condition that was registered for that name."""
    return _CONDITIONS[name][0](value)


def left_since(name: str, value: str, moment: datetime) -> ColumnElement[bool]:
    """Whether a report was among them at that moment and is not now."""
    return _CONDITIONS[name][1](value, moment)
