"""What goes on beside a report and has a page of its own: higher packages add a line each to the report's page.

A line reads what `referrals.queries.counted` brought with the report, so that it costs no statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from portal.referrals.queries.record import Found


@dataclass(frozen=True)
class Line:
    """A link to the page, and in a tag how it stands; `attention` when somebody of the council must act."""

    text: str
    href: str
    state: str = ""
    attention: bool = False


LineOf = Callable[[Found], Line | None]


def add_line(app: Flask, place: int, line: LineOf) -> None:
    """Show `line(found)` on the page of a report, those with the lowest `place` first; None where there is none."""
    lines: list[tuple[int, LineOf]] = app.extensions.setdefault("screening_beside", [])
    lines.append((place, line))
    lines.sort(key=lambda one: one[0])


def lines(found: Found) -> tuple[Line, ...]:
    """The lines of a report, in the order of their places."""
    added: list[tuple[int, LineOf]] = current_app.extensions.get("screening_beside", [])
    return tuple(line for _place, of in added if (line := of(found)) is not None)
