"""A line of the holding area and a page of lines, as the list's query finds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.kernel.language import Text
from portal.screening.addresses import Cursor
from portal.screening.naming import Meant


@dataclass(frozen=True)
class Line:
    """One report in the list. `why` is the deciding rule in plain words, `reasons` how many other rules hold,
    `signs` how many signs of serious harm were chosen, `checking` how many of its files are still being checked. Birth
    and age are the first child's, as the initials are."""

    id: UUID
    reference: str
    form_key: str
    kind: str
    channel: str
    initials: str
    children: int
    born_on: date | None
    age_years: int | None
    unborn: bool
    checking: int
    route: str
    why: Text
    reasons: int
    signs: int
    overridden: bool
    attention: bool
    out_of_hours: bool
    state: str
    priority: str
    urgency: int
    first_priority: str
    sent_at: datetime
    due_at: datetime
    agency: Text
    owner_id: UUID | None
    owner: str
    unread: int
    outcome: str
    decided_at: datetime | None
    new_since: datetime | None
    withdrawal_asked_at: datetime | None
    approval_asked_at: datetime | None
    clock_paused_at: datetime | None
    clock_over_at: datetime | None
    rules_now: str
    linked: str


@dataclass(frozen=True)
class Page:
    """The reports of one page and the cursors of the pages around it (None: there is none)."""

    lines: tuple[Line, ...]
    previous: Cursor | None
    following: Cursor | None
    now: datetime
    meant: tuple[Meant, ...] = ()
    """Of a search that means no child and no reference: those whose reports are shown instead."""


def line_of(row: Any) -> Line:
    """A line of a row of the list's query."""
    return Line(
        id=row.id,
        reference=row.reference,
        form_key=row.form_key,
        kind=row.kind,
        channel=row.channel,
        initials=row.initials,
        children=row.children,
        born_on=row.born_on,
        age_years=row.age_years,
        unborn=bool(row.unborn),
        checking=row.checking,
        route=row.route or "",
        why=row.why or {},
        reasons=len(row.also or ()),
        signs=len(row.flags or ()),
        overridden=row.overridden,
        attention=row.attention,
        out_of_hours=row.out_of_hours,
        state=row.state,
        priority=row.priority,
        urgency=row.urgency,
        first_priority=row.first_priority or "",
        sent_at=row.sent_at,
        due_at=row.due_at,
        agency=row.agency,
        owner_id=row.owner_id,
        owner=row.owner or "",
        unread=row.unread,
        outcome=row.outcome or "",
        decided_at=row.decided_at,
        new_since=row.new_since,
        withdrawal_asked_at=row.withdrawal_asked_at,
        approval_asked_at=row.approval_asked_at,
        clock_paused_at=row.clock_paused_at,
        clock_over_at=row.clock_over_at,
        rules_now=row.rules_now or "",
        linked=row.linked or "",
    )
