"""Whether two reports are about the same child. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from portal.referrals.connecting import plain


class Child(Protocol):
    """What is known of a child."""

    @property
    def first_name(self) -> str:
        """The first name, "" when it is not known."""

    @property
    def last_name(self) -> str:
        """The surname, "" when it is not known."""

    @property
    def born_on(self) -> date | None:
        """The date of birth, None when it is not known."""


def same_child(one: Child, other: Child) -> bool:
    """Whether these may be one child: two of first name, surname and date of birth agree and the third does not
    speak against it, or all that is known is one and the same name. Spelling, accents and hyphens do not count.

    Two dates of birth that differ are two children; two first names that differ may be one child's ("Kate", "Katie").
    """
    first, last = _agree(plain(one.first_name), plain(other.first_name)), _agree(_last(one), _last(other))
    born = _agree(one.born_on, other.born_on)
    if born is False:
        return False
    if [first, last, born].count(True) > 1:
        return True
    whole = plain(one.first_name + one.last_name)
    return bool(whole) and whole == plain(other.first_name + other.last_name)


def _last(child: Child) -> str:
    return plain(child.last_name)


def _agree(one: object, other: object) -> bool | None:
    """None where one of them is not known."""
    return one == other if one and other else None


def any_same(some: Iterable[Child], others: Iterable[Child]) -> bool:
    """Whether the two have a child in common."""
    known = list(others)
    return any(same_child(one, other) for one in some for other in known)
