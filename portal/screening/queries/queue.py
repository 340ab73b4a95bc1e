"""The holding area: one page of reports by filters and order, as plain rows, with keyset pagination."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import Account, Agency
from portal.auth.policy import Permission
from portal.files.models import StoredFile
from portal.files.states import CHECKING
from portal.kernel import clock, db
from portal.kernel.language import Text
from portal.kernel.scope import Actor
from portal.referrals.models import FIRST_NOT_URGENT, Attachment, Referral, ReferralChild
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import CAME_AT
from portal.referrals.sifting import Sought
from portal.screening.addresses import APPROVAL, COUNTED_DAYS, NEWS, SORTS, Cursor, Filters
from portal.screening.queries.linked import linked
from portal.screening.queries.narrowing import narrowed
from portal.screening.queries.searching import meant

PAGE = 25


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


# What a page is ordered by: leakproof, never empty in a sent report, all in one direction.
_KEYS: Mapping[str, tuple[Any, ...]] = {
    "urgent": (Referral.queue_rank, Referral.due_at, Referral.id),
    "due": (Referral.due_at, Referral.id),
    "age": (CAME_AT, Referral.id),
    "agency": (Agency.key, CAME_AT, Referral.id),
    "decided": (Referral.decided_at, Referral.id),
}
_CHILDREN = (
    select(
        func.count().label("children"),
        *(
            func.array_agg(aggregate_order_by(column, ReferralChild.position))[1].label(column.key)
            for column in (ReferralChild.born_on, ReferralChild.age_years, ReferralChild.unborn)
        ),
    )
    .where(
        ReferralChild.tenant_id == Referral.tenant_id,
        ReferralChild.referral_id == Referral.id,
        ReferralChild.superseded_at.is_(None),
    )
    .correlate(Referral)
    .lateral("first_child")
)
_BEING_CHECKED = (
    select(func.count())
    .select_from(Attachment)
    .join(StoredFile, and_(StoredFile.tenant_id == Attachment.tenant_id, StoredFile.id == Attachment.file_id))
    .where(
        Attachment.tenant_id == Referral.tenant_id, Attachment.referral_id == Referral.id, StoredFile.state == CHECKING
    )
    .correlate(Referral)
    .scalar_subquery()
)


def holding_area(actor: Actor, filters: Filters, wanted: Sought | None = None) -> Page:
    """The reports that the filters ask for, in their order, of those that `wanted` means; that is recorded."""
    events.record(Event.REFERRAL_READ, None, part="list" if wanted is None else "search")
    now = clock.now()
    keys = _KEYS[filters.sort]
    backwards = filters.cursor is not None and filters.cursor.before
    query = filtered(_select(actor, filters.sort), actor, filters, now)
    if wanted is not None:
        query = query.where(meant(wanted))
    query = _ordered(query, keys, filters, backwards=backwards)
    rows = db.session().execute(query.limit(PAGE + 1)).all()
    more = len(rows) > PAGE
    shown = list(reversed(rows[:PAGE])) if backwards else rows[:PAGE]
    if not shown:
        return Page((), None, None, now)
    ends = [tuple(row)[-len(keys) :] for row in (shown[0], shown[-1])]
    earlier = more if backwards else filters.cursor is not None
    later = True if backwards else more
    return Page(
        lines=tuple(_line(row) for row in shown),
        previous=Cursor(ends[0], before=True) if earlier else None,
        following=Cursor(ends[1], before=False) if later else None,
        now=now,
    )


# To put it together takes longer than to run it, and a person asks for the same list all day. Whatever the policy may
# ask of a person is part of the key, because all of them is.
@lru_cache(maxsize=256)
def _select(actor: Actor, sort: str) -> Select[Any]:
    return (
        select(
            Referral.id, Referral.reference, Referral.form_key, Referral.kind, Referral.channel,
            Referral.initials, *_CHILDREN.c, _BEING_CHECKED.label("checking"),
            Referral.route, Referral.outcome_of_rules["why"].label("why"),
            Referral.outcome_of_rules["also"].label("also"),
            Referral.outcome_of_rules["flags"].label("flags"), Referral.overridden, Referral.attention,
            Referral.out_of_hours, Referral.state, Referral.priority, Referral.first_priority,
            Referral.urgency, CAME_AT.label("sent_at"), Referral.due_at,
            Agency.name.label("agency"), Referral.owner_id, Account.name.label("owner"),
            Referral.unread_by_council.label("unread"), Referral.outcome, Referral.decided_at,
            Referral.new_since, Referral.withdrawal_asked_at, Referral.approval_asked_at, Referral.rules_now,
            Referral.clock_paused_at, Referral.clock_over_at, linked(actor).label("linked"),
            *(key.label(f"key_{place}") for place, key in enumerate(_KEYS[sort])),
        )
        .join(Agency, Agency.id == Referral.agency_id)
        .outerjoin(Account, Account.id == Referral.owner_id)
        .join(_CHILDREN, true())
        .where(
            reachable(actor, Permission.LOOK)
        )
    )  # fmt: skip


def filtered(query: Select[Any], actor: Actor, filters: Filters, now: datetime) -> Select[Any]:
    """The query, of the reports that the filters ask for only."""
    query = query.where(Referral.state.in_(filters.states()), *_only_news(filters))
    equal = (
        (Referral.form_key, filters.form), (Referral.route, filters.route), (Referral.category, filters.category),
        (Referral.priority, filters.priority), (Referral.agency_id, filters.agency),
        (Referral.channel, filters.channel),
    )  # fmt: skip
    query = query.where(*(column == value for column, value in equal if value))
    if filters.owner:
        query = query.where(_owned(actor, filters.owner))
    if filters.agency_kind:
        query = query.where(Referral.agency_id.in_(select(Agency.id).where(Agency.kind == filters.agency_kind)))
    if filters.stage:
        query = query.where(narrowed("stage", filters.stage))
    if filters.overdue:
        query = query.where(is_overdue(now))
    if filters.when:
        query = query.where(_counted(filters.when, now))
    return query


def _counted(when: str, now: datetime) -> ColumnElement[bool]:
    """What a number of the dashboard counts, see addresses.WHEN."""
    today = clock.midnight(now)
    if when == "received_today":
        # The first half finds few by statistics that the database has; the second is what is meant.
        return (Referral.sent_at >= today) & (today <= CAME_AT)
    if when == "due_today":
        return (Referral.due_at >= now) & (Referral.due_at < clock.midnight(now, days=1))
    if when == "urgent_unclaimed":
        return (Referral.state == "sent") & (Referral.queue_rank < FIRST_NOT_URGENT)
    in_time = Referral.decided_at <= Referral.due_at
    since = Referral.decided_at >= clock.midnight(now, days=1 - COUNTED_DAYS)
    return since & (in_time if when == "in_time" else ~in_time)


def is_overdue(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a report is late; while its clock stands still it does not become so."""
    return Referral.due_at < func.coalesce(Referral.clock_paused_at, now)


def _owned(actor: Actor, owner: str) -> ColumnElement[bool]:
    if owner == "nobody":
        return Referral.owner_id.is_(None)
    return Referral.owner_id == (actor.account_id if owner == "me" else UUID(owner))


def _only_news(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.tab == NEWS:
        yield Referral.new_since.is_not(None)
    if filters.tab == APPROVAL:
        yield Referral.approval_asked_at.is_not(None)


def _ordered(query: Select[Any], keys: tuple[Any, ...], filters: Filters, *, backwards: bool) -> Select[Any]:
    falling = SORTS[filters.sort].falling != backwards
    if filters.cursor is not None:
        here = tuple_(*keys)
        there = filters.cursor.key
        query = query.where(here < there if falling else here > there)
    return query.order_by(*(key.desc() if falling else key.asc() for key in keys))


def _line(row: Any) -> Line:
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
