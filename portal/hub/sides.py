"""Who reads and writes in the hub, and how much of a report is shared there. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

SUMMARY, ANSWERS = "summary", "answers"
WHAT: Final = (SUMMARY, ANSWERS)
# The council among those who have read a message, beside the ids of agencies.
COUNCIL: Final = UUID(int=0)
# Why something that partners could read before is not shown to them any more.
PLACE, NAME, CONTACT = "place", "name", "contact"
KEPT: Final = (PLACE, NAME, CONTACT)
ANEW: Final = "anew"


def said_with(words: str, names: Iterable[str]) -> str:
    """What partners read of a message: its words, and the names of its files."""
    return "\n".join([words, *names])
