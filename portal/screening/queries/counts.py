"""The numbers on the holding area's tabs, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.states import OPEN
from portal.screening.queries.queue import is_overdue

MOST_COUNTED = 1000  # decided reports grow for ever; beyond this the tab says "1,000+"


@dataclass(frozen=True)
class Counts:
    """Reports per tab."""

    todo: int
    mine: int
    waiting: int
    answered: int
    unassigned: int
    overdue: int
    decided: int
    withdrawn: int
    news: int
    approval: int


def counts(actor: Actor) -> Counts:
    """The numbers of the tabs; open reports through their partial index, closed ones up to MOST_COUNTED."""
    return Counts(*db.session().execute(_query(actor), {"now": clock.now()}).one())


@lru_cache(maxsize=128)
def _query(actor: Actor) -> Select[Any]:
    reach = reachable(actor, Permission.LOOK)
    closed = {
        state: select(Referral.id).where(reach, Referral.state == state).limit(MOST_COUNTED).subquery(state)
        for state in ("decided", "withdrawn")
    }
    news = select(Referral.id).where(reach, Referral.new_since.is_not(None)).limit(MOST_COUNTED).subquery("news")
    waits = select(Referral.id).where(reach, Referral.approval_asked_at.is_not(None)).limit(MOST_COUNTED)
    approval = waits.subquery("approval")
    return select(
        func.count(),
        func.count().filter(Referral.owner_id == actor.account_id),
        func.count().filter(Referral.state == "asked"),
        func.count().filter(Referral.state == "answered"),
        func.count().filter(Referral.owner_id.is_(None)),
        func.count().filter(is_overdue(bindparam("now", type_=Referral.due_at.type))),
        *(select(func.count()).select_from(one).scalar_subquery() for one in (*closed.values(), news, approval)),
    ).where(reach, Referral.state.in_(sorted(OPEN)))
