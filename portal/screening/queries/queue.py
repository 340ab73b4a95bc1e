"""The holding area: one page of reports by filters and order, as plain rows, with keyset pagination."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, select, true, tuple_, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import Account, Agency
from portal.auth.policy import Permission
from portal.files.models import StoredFile
from portal.files.states import CHECKING
from portal.kernel import clock, db
from portal.kernel.scope import Actor
from portal.referrals.models import FIRST_NOT_URGENT, Attachment, Referral, ReferralChild
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import CAME_AT
from portal.referrals.sifting import Sought
from portal.screening.addresses import APPROVAL, COUNTED_DAYS, NEWS, SORTS, Cursor, Filters
from portal.screening.naming import Meant
from portal.screening.queries.lines import Page, line_of
from portal.screening.queries.linked import linked
from portal.screening.queries.narrowing import narrowed
from portal.screening.queries.searching import meant

PAGE = 25


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


def holding_area(actor: Actor, filters: Filters, wanted: Sought | None = None, others: Sequence[Meant] = ()) -> Page:
    """The reports that the filters ask for, in their order, of those that `wanted` means; that is recorded.

    Where it means no report by a child or a reference, whatever the filters say, the reports of the `others` are shown:
    a colleague's name is never a reason to miss the child who has it, too.
    """
    events.record(Event.REFERRAL_READ, None, part="list" if wanted is None else "search")
    now = clock.now()
    keys = _KEYS[filters.sort]
    backwards = filters.cursor is not None and filters.cursor.before
    query = filtered(_select(actor, filters.sort), actor, filters, now)
    if wanted is not None:
        which, instead = _of_search(actor, filters, now, meant(wanted), others)
        query = query.add_columns(instead.label("instead")).where(which)
    query = _ordered(query, keys, filters, backwards=backwards)
    rows = db.session().execute(query.limit(PAGE + 1)).all()
    more = len(rows) > PAGE
    shown = list(reversed(rows[:PAGE])) if backwards else rows[:PAGE]
    if not shown:
        return Page((), None, None, now)
    ends = [tuple(getattr(row, f"key_{place}") for place in range(len(keys))) for row in (shown[0], shown[-1])]
    earlier = more if backwards else filters.cursor is not None
    later = True if backwards else more
    return Page(
        lines=tuple(line_of(row) for row in shown),
        previous=Cursor(ends[0], before=True) if earlier else None,
        following=Cursor(ends[1], before=False) if later else None,
        now=now,
        meant=tuple(others) if getattr(shown[0], "instead", False) else (),
    )


def _of_search(
    actor: Actor, filters: Filters, now: datetime, here: ColumnElement[bool], others: Sequence[Meant]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Which reports a search shows, and whether that is instead: those that are meant `here`, where there is any for
    the reader at all, else those of the others.

    Of each that is meant it takes as many reports as a page may have, in the order of the page and through its index.
    """
    if not others:
        return here, false()
    seen = (reachable(actor, Permission.LOOK), Referral.state != "draft")
    none = ~select(Referral.id).where(*seen, here).correlate(None).exists()
    keys, backwards = _KEYS[filters.sort], filters.cursor is not None and filters.cursor.before
    first = [
        _ordered(filtered(_ids(*seen, *which), actor, filters, now), keys, filters, backwards=backwards).limit(PAGE + 1)
        for which in ((here,), *((none, _is(actor, one)) for one in others))
    ]
    return Referral.id.in_(union_all(*first)), none


def _ids(*which: ColumnElement[bool]) -> Select[Any]:
    return select(Referral.id).join(Agency, Agency.id == Referral.agency_id).where(*which)


def _is(actor: Actor, one: Meant) -> ColumnElement[bool]:
    if one.kind == "owner":
        return _owned(actor, one.value)
    return Referral.category == one.value if one.kind == "category" else Referral.agency_id == UUID(one.value)


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
