"""Counts that higher packages keep beside a report, read in the statement that finds it.

A package registers a scalar subquery over the report's row (`add`); `find(…, counted=True)` answers in `Found.counted`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement

Column = Callable[[], ColumnElement[Any]]

_COLUMNS: dict[str, Column] = {}


def add(name: str, column: Column) -> None:
    """Answer `column()`, a scalar subquery correlated to `Referral`, under `name` of `Found.counted`."""
    _COLUMNS[name] = column


def columns() -> list[ColumnElement[Any]]:
    """What was registered, each labelled with its name; row-level security counts only what the reader may see."""
    return [column().label(f"counted_{name}") for name, column in _COLUMNS.items()]


def taken(row: dict[str, Any]) -> dict[str, Any]:
    """Take the counts out of a row that was found."""
    return {name: row.pop(key) for name in _COLUMNS if (key := f"counted_{name}") in row}
