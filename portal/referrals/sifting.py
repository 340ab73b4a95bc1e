"""The filters of a list of sent reports as they stand in its address, and what somebody searches for. Pure.

What is searched for never stands in an address: a child's name is typed there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from portal.forms.families import FAMILIES
from portal.kernel import clock
from portal.kernel.digits import whole
from portal.referrals.connecting import plain
from portal.referrals.states import OPEN, STATES

OPEN_ONES = "open"
# What the filter of states offers, in the order of a report's life.
CHOICES = (OPEN_ONES, *(state for state in STATES if state != "draft"))
MOST_SEARCHED = 100  # characters
MOST_WORDS = 6
SHORTEST_REFERENCE = 3
EARLIEST, LATEST = 2000, 2100
_DAY = re.compile(r"\s*([0-9]{1,2})[\s/.-]+([0-9]{1,2})[\s/.-]+([0-9]{4})\s*")
_PAGE_DIGITS = 5


@dataclass(frozen=True)
class Filters:
    """What the list shows; "" and None stand for all. `searched` says that the words of the session count too.

    `wrong` names the dates that could not be read; `typed` is what stood there.
    """

    agency: bool = False
    state: str = ""
    form: str = ""
    colleague: UUID | None = None
    since: date | None = None
    until: date | None = None
    unread: bool = False
    searched: bool = False
    page: int = 1
    wrong: tuple[str, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()

    def states(self) -> tuple[str, ...]:
        """The states to show."""
        if self.state == OPEN_ONES:
            return tuple(sorted(OPEN))
        return (self.state,) if self.state else tuple(state for state in STATES if state != "draft")

    def span(self) -> tuple[datetime | None, datetime | None]:
        """From when, and before when, the reports were sent."""
        day_after = self.until + timedelta(days=1) if self.until else None
        return _midnight(self.since), _midnight(day_after)

    def shown(self, name: str) -> str:
        """A date as it stands in its field."""
        before = dict(self.typed).get(name)
        day: date | None = getattr(self, name)
        return before if before is not None else f"{day.day}/{day.month}/{day.year}" if day else ""

    def address(self, **changes: Any) -> dict[str, Any]:
        """The arguments of this list's address with changes; on its first page unless another is given."""
        wanted = replace(self, **{"page": 1, **changes})
        arguments = {
            "view": "agency" if wanted.agency else "",
            "state": wanted.state,
            "form": wanted.form,
            "colleague": str(wanted.colleague or ""),
            "since": wanted.shown("since") if wanted.since else "",
            "until": wanted.shown("until") if wanted.until else "",
            "unread": "yes" if wanted.unread else "",
            "searched": "yes" if wanted.searched else "",
            "page": str(wanted.page) if wanted.page > 1 else "",
        }
        return {name: value for name, value in arguments.items() if value}

    @property
    def narrowed(self) -> bool:
        """Whether the list leaves anything out."""
        return any((self.state, self.form, self.colleague, self.since, self.until, self.unread, self.searched))


def read(arguments: Mapping[str, str], *, whole_agency: bool) -> Filters:
    """The filters of an address. What it does not know is left out, so that an old address still works; a date that
    cannot be read is named, so that the page can say so."""
    agency = whole_agency and arguments.get("view") == "agency"
    days = {name: day_of(arguments.get(name, "")) for name in ("since", "until")}
    wrong = [name for name, day in days.items() if day is None and arguments.get(name, "").strip()]
    if days["since"] and days["until"] and days["since"] > days["until"]:
        wrong.append("until")
    return Filters(
        agency=agency,
        state=_one_of(arguments, "state", CHOICES),
        form=_one_of(arguments, "form", FAMILIES),
        colleague=_uuid(arguments.get("colleague", "")) if agency else None,
        since=days["since"],
        until=None if "until" in wrong else days["until"],
        unread=arguments.get("unread") == "yes",
        searched=arguments.get("searched") == "yes",
        page=max(1, whole(arguments.get("page"), _PAGE_DIGITS) or 1),
        wrong=tuple(wrong),
        typed=tuple((name, arguments.get(name, "")[:MOST_SEARCHED]) for name in wrong),
    )


def day_of(text: str) -> date | None:
    """The day that somebody typed as 27/3/2026 (or with blanks, stops or hyphens); None for anything else."""
    found = _DAY.fullmatch(text)
    if not found or not found[0].isascii() or not EARLIEST <= int(found[3]) <= LATEST:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.LONDON).astimezone(UTC) if day else None


def _one_of(arguments: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = arguments.get(name, "")
    return value if value in known else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Sought:
    """What somebody searches for: names or initials in plain letters, and a part of a reference ("" if it is none)."""

    words: tuple[str, ...]
    reference: str

    @property
    def nothing(self) -> bool:
        """Whether nothing in it can be searched for."""
        return not self.words and not self.reference


def sought(text: str) -> Sought:
    """What a line of search asks for: a reference with or without its hyphens, or a child's name or initials."""
    words = tuple(filter(None, (plain(word) for word in text[:MOST_SEARCHED].split())))[:MOST_WORDS]
    joined = "".join(letter for letter in text[:MOST_SEARCHED].upper() if letter.isascii() and letter.isalnum())
    return Sought(words, joined if len(joined) >= SHORTEST_REFERENCE else "")


def named(wanted: Sought, first_name: str, last_name: str) -> bool:
    """Whether a child of that name is meant: every word begins one of its names, whatever accents, case and
    apostrophes; its initials do too."""
    if not wanted.words:
        return False
    parts = set(_parts(first_name)) | set(_parts(last_name))
    first, last = plain(first_name), plain(last_name)
    initials = first[:1] + last[:1]
    return wanted.words == (initials,) or all(any(part.startswith(word) for part in parts) for word in wanted.words)


def _parts(name: str) -> Iterable[str]:
    """A name as a whole, and each of its words."""
    yield from filter(None, (plain(part) for part in (name, *re.split(r"[\s-]+", name))))
