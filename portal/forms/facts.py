"""Reads answers of any shape safely for the rules: what cannot be understood counts as not answered."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import floor
from typing import Any, TypeVar

T = TypeVar("T")

LARGEST = 1_000_000_000
WHOLE = re.compile(r"-?[0-9]{1,9}\Z")
DECIMAL = re.compile(r"-?[0-9]{1,9}\.[0-9]{1,2}\Z")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?\Z")


@dataclass
class Facts:
    """One evaluation: the answers, the moment, and the derived values already worked out."""

    answers: Mapping[str, object]
    now: datetime
    formulas: Mapping[str, Callable[[Facts], int | None]] = field(default_factory=dict)
    tests: Mapping[str, Callable[[Facts], bool]] = field(default_factory=dict)
    worked: dict[str, int | None] = field(default_factory=dict)
    held: dict[str, bool] = field(default_factory=dict)
    kept: dict[tuple[str | int, ...], Any] = field(default_factory=dict)

    def value(self, name: str) -> int | None:
        """Return a derived value by name, worked out once."""
        if name not in self.worked:
            self.worked[name] = self.formulas[name](self)
        return self.worked[name]

    def holds(self, name: str) -> bool:
        """Return whether a named condition holds, worked out once."""
        if name not in self.held:
            self.held[name] = self.tests[name](self)
        return self.held[name]

    def once(self, what: tuple[str | int, ...], work: Callable[[], T]) -> T:
        """Return what `work` finds, worked out once: rules may ask thousands of times about four hundred options."""
        if what not in self.kept:
            self.kept[what] = work()
        found: T = self.kept[what]
        return found

    def forget(self, key: str) -> None:
        """Forget what was worked out of one question, whose answer does not count."""
        for what in [what for what in self.kept if what[1] == key]:
            del self.kept[what]

    def chosen(self, key: str) -> frozenset[str]:
        """Return the options chosen in a question."""
        return self.once(("chosen", key), lambda: frozenset(as_chosen(self.answers.get(key))))

    def levels(self, key: str) -> Mapping[str, int]:
        """Return the level chosen for each category of a question."""
        return self.once(("levels", key), lambda: as_levels(self.answers.get(key)))


def untimed(answers: Mapping[str, object]) -> Facts:
    """Answers for tests that ask for no moment, as `show_when` does."""
    return Facts(answers, datetime(1, 1, 1, tzinfo=UTC))


def as_text(value: object) -> str | None:
    """Return an answer as text: words as they are, true and false as yes and no, whole numbers in digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int) and -LARGEST <= value <= LARGEST:
        return str(value)
    return None


def as_number(value: object) -> int | None:
    """Return an answer as a whole number of at most nine digits or so, or None.

    A number kept with decimals ("93.5") counts down to the whole number, so that `at_least` and `below` stay exact.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return max(-LARGEST, min(LARGEST, value))
    if isinstance(value, float):
        return int(value) if -LARGEST <= value <= LARGEST and value == int(value) else None
    if isinstance(value, str) and WHOLE.match(value):
        return int(value)
    return floor(float(value)) if isinstance(value, str) and DECIMAL.match(value) else None


def is_between(value: object) -> bool:
    """Tell whether an answer is a number kept with decimals that lies between two whole numbers."""
    return isinstance(value, str) and DECIMAL.match(value) is not None and float(value) != floor(float(value))


def as_chosen(value: object) -> tuple[str, ...]:
    """Return the options chosen: a list's items, one word, or the keys of a mapping; each once."""
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list | tuple | set | frozenset | dict):
        words = (as_text(item) for item in value)
        return tuple(dict.fromkeys(word for word in words if word))
    return ()


def as_levels(value: object) -> dict[str, int]:
    """Return the level chosen for each category; entries that make no sense are left out."""
    if not isinstance(value, dict):
        return {}
    levels = {}
    for category, level in value.items():
        word, number = as_text(category), as_number(level)
        if word is not None and number is not None:
            levels[word] = number
    return levels


def as_date(value: object) -> date | None:
    """Return a real date from ISO text, or None."""
    if isinstance(value, str) and ISO_DATE.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def as_day(value: object) -> date | None:
    """Return the day of a date that is known to the day, an estimate among them, or None."""
    return as_date(value.get("about")) if isinstance(value, dict) else as_date(value)


def latest_date(value: object) -> date | None:
    """Return the last day that a date known to the day, month or year may be; None for a day that a baby is due.

    Whoever was born then is at least as old as this says, so a rule for adults never takes a child for one.
    """
    known = value.get("about") if isinstance(value, dict) else value
    found = PARTIAL_DATE.match(known) if isinstance(known, str) else None
    if found is None:
        return as_date(known)
    try:
        year, month = int(found[1]), int(found[2] or 12)
        return date(year, month, monthrange(year, month)[1])
    except ValueError:
        return None


def is_empty(value: object, depth: int = 4) -> bool:
    """Tell whether nothing was answered: missing, blank text, no option chosen, or parts that are all blank."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict):
        return not as_chosen(value) or (depth > 0 and all(_blank(part, depth) for part in value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        people = any(isinstance(item, dict) and depth > 0 and not is_empty(item, depth - 1) for item in value)
        return not people and not as_chosen(value)
    return as_text(value) is None and as_date(value) is None


def _blank(part: object, depth: int) -> bool:
    return isinstance(part, str | list | tuple | dict) and is_empty(part, depth - 1)
