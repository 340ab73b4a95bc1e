"""The table of people one can sign in as in the demonstration, as printed by `make run`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SignIn:
    """One fictional person: whose council, what they do, and what to type."""

    council: str
    role: str
    email: str
    password: str


def table(people: Sequence[SignIn]) -> str:
    """Plain text, one line a person, in columns."""
    rows = [("Council", "Signs in as", "Email address", "Password")]
    rows += [(person.council, person.role, person.email, person.password) for person in people]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
