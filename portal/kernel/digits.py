"""Numbers that somebody posted or wrote into an address: a few plain digits, or nothing."""

from __future__ import annotations

from typing import Final

DIGITS: Final = 8
"""What every integer column holds; int() itself refuses a text of thousands with an error of its own."""


def whole(text: object, most: int = DIGITS) -> int | None:
    """The number in a text of at most so many digits from 0 to 9; None for anything else, signs and spaces too."""
    word = text if isinstance(text, str) else ""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= most else None
