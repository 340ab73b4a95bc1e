"""What somebody who searches in the holding area may mean by a name that is no child's: an agency, a category or a
colleague. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portal.referrals.connecting import plain

MOST: Final = 8
"""With more of them somebody has to type more of the name."""
_BEGINS: Final = 3
"""Letters that may be the beginning of a word; with fewer it is the whole word."""
_APART = re.compile(r"[\s/,.()&-]+")


@dataclass(frozen=True)
class Meant:
    """One that is meant: `kind` is the name of its filter (agency, category, owner), `value` what that filter takes,
    `text` its name."""

    kind: str
    value: str
    text: str


def has_words(name: str, words: Iterable[str]) -> bool:
    """Whether each of the plain words is a word of the name or, of three letters and more, begins one."""
    # Whoever copies a name types its hyphens too, which go from what is typed.
    parts = {plain(part) for part in (*_APART.split(name), *name.split())} - {""}
    return all(
        word in parts or (len(word) >= _BEGINS and any(part.startswith(word) for part in parts)) for word in words
    )
