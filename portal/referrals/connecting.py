"""Whether a child is of a family that somebody said they must not see: by marks, and cautiously."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from portal.tenants import vault


class Named(Protocol):
    """A child, or what somebody said of one."""

    @property
    def first_name(self) -> str:
        """The first name, "" when it is not known."""

    @property
    def last_name(self) -> str:
        """The surname, "" when it is not known."""

    @property
    def born_on(self) -> date | None:
        """The date of birth, None when it is not known."""


@dataclass(frozen=True)
class Marks:
    """The marks of what somebody said; "" for what they did not say."""

    account_id: UUID
    surname: str
    first: str
    born: str


def plain(name: str) -> str:
    """A name without case, accents, spaces, hyphens and apostrophes: "Siân O'Neill-Rhys" is "sianoneillrhys"."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in spread if letter.isalnum())


def surname_mark(child: Named) -> str:
    """The mark of a surname, "" where there is none."""
    return mark_of_surname(plain(child.last_name))


def mark_of_surname(letters: str) -> str:
    """The mark of a surname in plain letters, "" where there are none."""
    return _mark("surname", letters)


def marks_of(account_id: UUID, said: Named) -> Marks:
    """The marks of what somebody said."""
    born = said.born_on.isoformat() if said.born_on else ""
    return Marks(account_id, surname_mark(said), _mark("first", plain(said.first_name)), _mark("born", born))


def touches(said: Marks, child: Named) -> bool:
    """Whether the child may be the one that was meant. What a report leaves open does not clear it: a report that
    names no first name is hidden rather than shown to a relative."""
    found = marks_of(said.account_id, child)
    return (
        bool(said.surname)
        and said.surname == found.surname
        and all(
            not one or not other or one == other for one, other in ((said.first, found.first), (said.born, found.born))
        )
    )


def _mark(kind: str, text: str) -> str:
    return vault.mark(kind, text) if text else ""
