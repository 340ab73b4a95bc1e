"""The numbers on the holding area's tabs, in one statement: kept numbers, and what depends on the time of asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, ScalarSelect, Select, and_, bindparam, func, or_, select

from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.scope import Actor
from portal.referrals.models import QUEUE_RANKS, Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.tally import counted
from portal.referrals.states import OPEN
from portal.screening.queries.queue import is_overdue

MOST_COUNTED = 1000
"""Where something is counted row by row: beyond this a tab says "1,000+"."""
NOBODY = ""


@dataclass(frozen=True)
class Counts:
    """Reports per tab; `news` and `approval` up to MOST_COUNTED."""

    todo: int
    mine: int
    waiting: int
    answered: int
    unassigned: int
    decided: int
    withdrawn: int
    overdue: int
    news: int
    approval: int


def counts(actor: Actor) -> Counts:
    """The numbers of the tabs for this person, exact at the moment of asking."""
    now = clock.now()
    values = {"now": now, "today": clock.today(), "midnight": clock.midnight(now)}
    return Counts(*db.session().execute(_query(actor), values).one())


@lru_cache(maxsize=128)
def _query(actor: Actor) -> Select[*tuple[Any, ...]]:
    me = str(actor.account_id)
    rows = counted(actor, func.tally_parts, _of_tabs(me)).subquery("counted")

    def number(kind: str, *keys: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(rows.c.number).filter(rows.c.kind == kind, rows.c.key.in_(keys)), 0)

    return select(
        number("state", *sorted(OPEN)),
        number("owner", me),
        number("state", "asked"),
        number("state", "answered"),
        number("owner", NOBODY),
        number("state", "decided"),
        number("state", "withdrawn"),
        number("due", "") + _late_today(actor),
        _few(actor, Referral.new_since),
        _few(actor, Referral.approval_asked_at),
    )


def _of_tabs(me: str) -> Callable[[Any], ColumnElement[bool]]:
    """Of the kept numbers, those of the states, of what one person and nobody has and of what was
    due before today."""

    def where(row: Any) -> ColumnElement[bool]:
        mine = and_(row.kind == "owner", row.key.in_((NOBODY, me)))
        late = and_(row.kind == "due", row.day < bindparam("today", type_=Date))
        return or_(and_(row.day.is_(None), or_(row.kind == "state", mine)), late)

    return where


def _late_today(actor: Actor) -> ScalarSelect[int]:
    now, midnight = (bindparam(name, type_=Referral.due_at.type) for name in ("now", "midnight"))
    late = (Referral.due_at >= midnight, Referral.due_at < now, is_overdue(now))
    # The ranks are all there are: so the order's own index knows what is due.
    where = (Referral.state.in_(sorted(OPEN)), Referral.queue_rank.in_(QUEUE_RANKS), *late)
    return select(func.count()).where(reachable(actor, Permission.LOOK), *where).scalar_subquery()


def _few(actor: Actor, column: Any) -> ScalarSelect[int]:
    some = select(Referral.id).where(reachable(actor, Permission.LOOK), column.is_not(None)).limit(MOST_COUNTED)
    return select(func.count()).select_from(some.subquery(column.key)).scalar_subquery()
