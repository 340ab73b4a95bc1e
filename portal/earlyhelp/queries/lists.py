"""The list of the early-help teams: what was offered, accepted, declined and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select, true, tuple_

from portal.auth.policy import Permission, Reach, reach
from portal.auth.reach import within_sight
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.queries.members import of_team
from portal.earlyhelp.states import ACCEPTED, DECLINED, DONE, OFFERED
from portal.kernel import clock, db
from portal.kernel.scope import Actor, council_id
from portal.referrals.models import Referral

TABS: Final = (OFFERED, ACCEPTED, DECLINED, DONE)
OVERDUE: Final = "overdue"
PAGE: Final = 50


Place = tuple[datetime, UUID]


@dataclass(frozen=True)
class Line:
    """An offer in the list: what is said of it without opening the report."""

    reference: str
    form_key: str
    initials: str
    team: str
    state: str
    offered_at: datetime
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    reason: str
    result: str


@dataclass(frozen=True)
class Page:
    """Lines, and after which one the next page begins (None: there is none)."""

    lines: tuple[Line, ...]
    next: Place | None


def _theirs(actor: Actor) -> ColumnElement[bool]:
    """Offers to this person's team, also those that are over, of reports that are there for them. A report itself
    is theirs to read only while a team has it."""
    may = reach(actor, Permission.EARLY_HELP) is Reach.COUNCIL
    return and_(
        true() if may else false(), within_sight(actor, Referral), EarlyHelpOffer.tenant_id == council_id(),
        of_team(actor),
    )  # fmt: skip


_ON_REPORT = and_(Referral.tenant_id == EarlyHelpOffer.tenant_id, Referral.id == EarlyHelpOffer.referral_id)


def counts(actor: Actor) -> Mapping[str, int]:
    """How many offers are in each state of TABS, and of those that wait how many are OVERDUE."""
    query = (
        select(EarlyHelpOffer.state, func.count(), func.count().filter(EarlyHelpOffer.due_at < clock.now()))
        .join(Referral, _ON_REPORT)
        .where(_theirs(actor), EarlyHelpOffer.state.in_(TABS))
        .group_by(EarlyHelpOffer.state)
    )
    rows: Sequence[Any] = db.session().execute(query).all()
    overdue = sum(int(row[2]) for row in rows if row[0] == OFFERED)
    return dict.fromkeys(TABS, 0) | {row[0]: int(row[1]) for row in rows} | {OVERDUE: overdue}


_ORDERS: Final[Mapping[str, tuple[Any, bool]]] = {
    OFFERED: (EarlyHelpOffer.due_at, True),
    ACCEPTED: (EarlyHelpOffer.answered_at, True),
    DECLINED: (EarlyHelpOffer.answered_at, False),
    DONE: (EarlyHelpOffer.ended_at, False),
}
"""By what a tab is sorted, and whether its first comes first."""


def listed(actor: Actor, tab: str, after: Place | None = None) -> Page:
    """One page of a tab (TABS), from behind the line `after`: what is to be answered by when it is due, what a team has
    by when it accepted it, what is over the last first."""
    column, rises = _ORDERS[tab]
    order = (column.asc(), EarlyHelpOffer.id.asc()) if rises else (column.desc(), EarlyHelpOffer.id.desc())
    query = (
        select(
            Referral.reference, Referral.form_key, Referral.initials, EarlyHelpOffer.team, EarlyHelpOffer.state,
            EarlyHelpOffer.offered_at, EarlyHelpOffer.due_at, EarlyHelpOffer.answered_at, EarlyHelpOffer.ended_at,
            func.coalesce(EarlyHelpOffer.reason, ""), func.coalesce(EarlyHelpOffer.result, ""),
            column.label("at"), EarlyHelpOffer.id,
        )
        .join(Referral, _ON_REPORT)
        .where(_theirs(actor), EarlyHelpOffer.state == tab)
        .order_by(*order)
        .limit(PAGE + 1)
    )  # fmt: skip
    if after is not None:
        key = tuple_(column, EarlyHelpOffer.id)
        query = query.where(key > after if rises else key < after)
    rows: Sequence[Any] = db.session().execute(query).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(tuple(Line(*row[:-2]) for row in rows[:PAGE]), (last[-2], last[-1]) if last else None)
