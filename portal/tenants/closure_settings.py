"""The days on which a council's office is closed beside weekends and bank holidays: read with its settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from portal.tenants.reading import Reader

CLOSURES: Final = "closures"
DAY, LABEL = "day", "label"
LONGEST_LABEL: Final = 100
MOST_CLOSURES: Final = 100


def read_closures(group: Reader) -> Mapping[date, str]:
    """The list `closures` of the telephone numbers, which may be missing: days in their order, and why each ("" where
    nobody said). An item is a date such as 2026-12-24, or a group of `day` and `label`."""
    found: dict[date, str] = {}
    for index, item in enumerate(group.items(CLOSURES, required=False)):
        said, label = item, ""
        if isinstance(said, Mapping):
            inside = Reader(said, (*group.place, CLOSURES, index), group.mistakes, group.languages)
            said, label = inside.value(DAY), inside.words(LABEL, required=False)
            if len(label) > LONGEST_LABEL:
                inside.wrong(LABEL, f"“{LABEL}” is longer than {LONGEST_LABEL} characters")
            inside.finish()
        day = group.day(CLOSURES, index, said)
        if day is not None:
            found[day] = label
    return dict(sorted(found.items()))
