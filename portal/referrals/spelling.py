"""A name as it is compared: its parts without case, accents, particles and punctuation. Pure.

Spelling varies more than people do: "O’Neill" and "O Neill", "ap Rhys" and "Rhys", "Smith-Jones" and "Jones Smith".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Letters that have no accent to take off, and are typed without one all the same.
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_BETWEEN = re.compile(r"[\s\-‐-―/]+")
# "Son of", "daughter of": written or left out by the same family.
_PARTICLES = frozenset({"ap", "ab", "ferch", "verch"})
# What stands alone in one spelling, and begins the name in another.
_BEGINNINGS = frozenset({"o", "d", "mc", "mac"})
_SAME = {"saint": "st"}
_MAC, _LONGER = "mac", 5
SHORTEST_FORM = 3
# First names that one person may go by; whether they do is asked, never assumed.
_FORMS = (
    ("dafydd", "dewi", "dai", "david", "dave"),
    ("ieuan", "ifan", "evan", "ioan", "john", "sion", "jon"),
    ("rhisiart", "richard", "dick", "rick"),
    ("gwilym", "william", "bill", "will", "liam"),
    ("rhobert", "robert", "bob", "rob", "robin"),
    ("catrin", "catherine", "katherine", "kathryn", "kate", "katie", "cadi"),
    ("sian", "jane", "jean"),
    ("elisabeth", "elizabeth", "beth", "liz", "lizzie", "betsan", "lisa"),
    ("mair", "mari", "mary", "maria"),
    ("mohammed", "muhammad", "mohammad", "mohamed", "md"),
    ("tomos", "thomas", "tom", "tommy"),
    ("margaret", "marged", "mererid", "megan", "meg", "maggie"),
    ("alexander", "alexandra", "alex", "sandy", "sasha"),
    ("edward", "ted", "ned", "eddie"),
    ("henry", "harri", "harry"),
    ("anthony", "tony"),
    ("michael", "mihangel", "mike", "mick"),
)


@dataclass(frozen=True)
class Name:
    """The parts of a name in plain letters: first names and surnames, either of which may be missing."""

    given: tuple[str, ...]
    family: tuple[str, ...]

    @property
    def whole(self) -> tuple[str, ...]:
        """The first of the first names and all surnames, in no order."""
        return tuple(sorted((*self.given[:1], *self.family)))


def letters(text: str) -> str:
    """The plain letters and digits of a text: "Siân" is "sian", "李" stays."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(one for one in spread.translate(_FOLDED) if one.isalnum())


def name_of(first: str, last: str) -> Name:
    """The parts of a name; one that was given in a single answer is taken apart after its first word."""
    if not last.strip() and len(words := first.split()) > 1:
        first, last = words[0], " ".join(words[1:])
    return Name(_parts(first), _parts(last))


def _parts(text: str) -> tuple[str, ...]:
    found = [one for one in map(letters, _BETWEEN.split(text)) if one]
    kept = [one for one in found if one not in _PARTICLES] or found
    return tuple(_one_spelling(part) for part in _joined(kept))


def _joined(parts: list[str]) -> Iterator[str]:
    """The parts with those that only begin a name put before the one that they begin."""
    begun = ""
    for place, part in enumerate(parts):
        if part in _BEGINNINGS and place + 1 < len(parts):
            begun += part
        else:
            yield begun + part
            begun = ""


def _one_spelling(part: str) -> str:
    part = _SAME.get(part, part)
    return f"mc{part[len(_MAC) :]}" if part.startswith(_MAC) and len(part) > _LONGER else part


def key(first: str, last: str) -> str:
    """What equal names have in common whatever their order and hyphens, "" without a letter: their letters, sorted.

    Different names may share it; `same` tells them apart.
    """
    return "".join(sorted("".join(name_of(first, last).whole)))


def same(one: Name, other: Name) -> bool:
    """Whether two names are one name, in whatever order and division; never where one of them is missing."""
    if not one.whole or not other.whole:
        return False
    every = sorted(one.given + one.family) == sorted(other.given + other.family)
    return every or one.whole == other.whole or _run(one.given[:1] + one.family) == _run(other.given[:1] + other.family)


def same_parts(some: tuple[str, ...], others: tuple[str, ...]) -> bool | None:
    """Whether two lists of parts are one name; None where one of them is missing."""
    if not some or not others:
        return None
    return sorted(some) == sorted(others) or _run(some) == _run(others)


def related_family(some: tuple[str, ...], others: tuple[str, ...]) -> bool | None:
    """Whether two surnames are one or have a part in common; None where one is missing."""
    if not some or not others:
        return None
    return bool(same_parts(some, others)) or bool(set(some) & set(others))


def same_given(some: tuple[str, ...], others: tuple[str, ...]) -> bool | None:
    """Whether the first of the first names is one, or all of them run together are; None where one is missing."""
    if not some or not others:
        return None
    return some[0] == others[0] or _run(some) == _run(others)


def related_given(some: tuple[str, ...], others: tuple[str, ...]) -> bool | None:
    """Whether one person may go by both first names: forms of one name, a short form, an initial, a second name."""
    if not some or not others:
        return None
    if same_given(some, others) or some[0] in others or others[0] in some:
        return True
    one, other = sorted((some[0], others[0]), key=len)
    short = other.startswith(one) and (len(one) == 1 or len(one) >= SHORTEST_FORM)
    return short or any(one in forms and other in forms for forms in _FORMS)


def _run(parts: tuple[str, ...]) -> str:
    return "".join(parts)
