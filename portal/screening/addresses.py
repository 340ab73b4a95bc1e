"""The holding area's filters, order and place as they stand in its address: pure, and never a personal detail."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.auth import agency_types
from portal.forms.families import FAMILIES
from portal.referrals.elsewhere import CHANNELS, PORTAL, TRANSFER
from portal.referrals.states import OPEN, STATES

# A tab of the holding area -> the states it shows.
TABS: Mapping[str, tuple[str, ...]] = {
    "todo": tuple(sorted(OPEN)),
    "unassigned": tuple(sorted(OPEN)),
    "mine": tuple(sorted(OPEN)),
    "waiting": ("asked",),
    "answered": ("answered",),
    "overdue": tuple(sorted(OPEN)),
    "decided": ("decided",),
    "withdrawn": ("withdrawn",),
    # Only those on which something waits to be read.
    "news": ("decided", "withdrawn"),
    # Only those on which a decision waits for a second person.
    "approval": (*sorted(OPEN), "decided"),
    # All of them: only where something else narrows it.
    "all": tuple(state for state in STATES if state != "draft"),
    # Those among all of them that somebody searches for.
    "found": tuple(state for state in STATES if state != "draft"),
}
NEWS, FOUND, APPROVAL = "news", "found", "approval"
# What a tab is about, and so does not ask for again.
FIXED: Mapping[str, Mapping[str, str]] = {
    "mine": {"owner": "me"},
    "unassigned": {"owner": "nobody"},
    "overdue": {"overdue": "yes"},
}
CAME = (PORTAL, *CHANNELS, TRANSFER)
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
OWNERS = ("me", "nobody")
# What a number of the dashboard counts, by the tab that it opens.
WHEN: Mapping[str, tuple[str, ...]] = {
    "todo": ("due_today", "urgent_unclaimed", "received_today"),
    "unassigned": ("due_today", "urgent_unclaimed", "received_today"),
    "mine": ("due_today", "received_today"),
    "decided": ("in_time", "late"),
    "all": ("received_today",),
}
# As the register has them, and those that are no agency.
AGENCY_KINDS = (*agency_types.TYPES, "public", "unlisted")
COUNTED_DAYS = 28
"""How many local days, today among them, the decisions in time and late are counted over."""
LONGEST_CURSOR = 400
MOST_URGENCY = 1000


@dataclass(frozen=True)
class Sort:
    """An order: the types of its key, in the order of the columns, and whether it falls (newest first)."""

    types: tuple[type, ...]
    falling: bool


SORTS: Mapping[str, Sort] = {
    "urgent": Sort((int, datetime, UUID), falling=False),
    "due": Sort((datetime, UUID), falling=False),
    "age": Sort((datetime, UUID), falling=False),
    "agency": Sort((str, datetime, UUID), falling=False),
    "decided": Sort((datetime, UUID), falling=True),
}


@dataclass(frozen=True)
class Cursor:
    """A place in an order: the key of a report, and whether the page ends before it or begins after it."""

    key: tuple[Any, ...]
    before: bool

    def text(self) -> str:
        """The cursor as one word of an address."""
        parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in self.key]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Filters:
    """What the list shows; "" and None stand for "all"; `owner` is one of OWNERS or a colleague's id."""

    tab: str = "todo"
    state: str = ""
    form: str = ""
    route: str = ""
    category: str = ""
    priority: str = ""
    agency: UUID | None = None
    agency_kind: str = ""
    owner: str = ""
    channel: str = ""
    stage: str = ""
    overdue: bool = False
    when: str = ""
    sort: str = "urgent"
    cursor: Cursor | None = None

    @property
    def narrowed(self) -> bool:
        """Whether a filter is in force (the order and the place are none)."""
        return set(self.address()) - {"tab", "sort"} != set()

    def states(self) -> tuple[str, ...]:
        """The states of the reports to show."""
        return (self.state,) if self.state in TABS[self.tab] else TABS[self.tab]

    def address(self, **changes: Any) -> dict[str, Any]:
        """The arguments of the address of this list with changes; without its place unless that is given."""
        wanted = replace(self, **{"cursor": None, **changes})
        arguments = {
            "tab": wanted.tab,
            "state": wanted.state,
            "form": wanted.form,
            "route": wanted.route,
            "category": wanted.category,
            "priority": wanted.priority,
            "agency": str(wanted.agency or ""),
            "agency_kind": wanted.agency_kind,
            "owner": wanted.owner,
            "channel": wanted.channel,
            "stage": wanted.stage,
            "overdue": "yes" if wanted.overdue else "",
            "when": wanted.when,
            "sort": wanted.sort,
        }
        usual = {"tab": "todo", "sort": usual_sort(wanted.tab), **FIXED.get(wanted.tab, {})}
        kept: dict[str, Any] = {name: value for name, value in arguments.items() if value and value != usual.get(name)}
        if wanted.cursor is not None:
            kept["before" if wanted.cursor.before else "after"] = wanted.cursor.text()
        return kept


def has_stages(tab: str) -> bool:
    """Whether a tab shows open reports, which are at a stage of the council's work."""
    return not OPEN.isdisjoint(TABS[tab])


def usual_sort(tab: str) -> str:
    """The order of a tab when the address names none."""
    return "decided" if tab == "decided" else "urgent"


def read(arguments: Mapping[str, str], *, routes: tuple[str, ...], priorities: tuple[str, ...]) -> Filters:
    """The filters of an address. What it does not know is left out, so that an old address still works."""
    tab = _one_of(arguments, "tab", tuple(TABS)) or "todo"
    sort = _one_of(arguments, "sort", tuple(SORTS)) or usual_sort(tab)
    if (sort == "decided") != (tab == "decided") and sort in ("decided", "urgent"):
        sort = usual_sort(tab)
    return Filters(
        tab=tab,
        state=_one_of(arguments, "state", TABS[tab]),
        form=_one_of(arguments, "form", FAMILIES),
        route=_one_of(arguments, "route", routes),
        category=_code(arguments.get("category", "")),
        priority=_one_of(arguments, "priority", priorities),
        agency=_uuid(arguments.get("agency", "")),
        agency_kind=_one_of(arguments, "agency_kind", AGENCY_KINDS),
        owner=FIXED.get(tab, {}).get("owner") or _owner(arguments),
        channel=_one_of(arguments, "channel", CAME),
        stage=_code(arguments.get("stage", "")) if has_stages(tab) else "",
        overdue=tab == "overdue" or arguments.get("overdue") == "yes",
        when=_one_of(arguments, "when", WHEN.get(tab, ())),
        sort=sort,
        cursor=_cursor(arguments, SORTS[sort].types),
    )


def _one_of(arguments: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = arguments.get(name, "")
    return value if value in known else ""


def _owner(arguments: Mapping[str, str]) -> str:
    """One of OWNERS, or the id of a colleague."""
    known = _one_of(arguments, "owner", OWNERS)
    return known or str(_uuid(arguments.get("owner", "")) or "")


def _code(text: str) -> str:
    """A council's own code, such as a category: what is none finds nothing."""
    return text if _CODE.fullmatch(text) else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _cursor(arguments: Mapping[str, str], types: tuple[type, ...]) -> Cursor | None:
    before = "before" in arguments
    word = arguments.get("before" if before else "after", "")
    if not word or len(word) > LONGEST_CURSOR:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        if not isinstance(parts, list) or len(parts) != len(types):
            return None
        key = tuple(_part(part, kind) for part, kind in zip(parts, types, strict=True))
    except (binascii.Error, ValueError, TypeError):
        return None
    return Cursor(key, before)


def _part(text: object, kind: type) -> Any:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError
    text.encode()  # half a surrogate pair is no text that a database could compare
    if kind is datetime:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if kind is int:
        number = int(text)
        if abs(number) > MOST_URGENCY:
            raise ValueError
        return number
    return kind(text)
