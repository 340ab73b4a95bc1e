"""The numbers on the holding area's tabs, in one statement."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

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
    reach = reachable(actor, Permission.LOOK)
    closed = {
        state: select(Referral.id).where(reach, Referral.state == state).limit(MOST_COUNTED).subquery(state)
        for state in ("decided", "withdrawn")
    }
    news = select(Referral.id).where(reach, Referral.new_since.is_not(None)).limit(MOST_COUNTED).subquery("news")
    waits = select(Referral.id).where(reach, Referral.approval_asked_at.is_not(None)).limit(MOST_COUNTED)
    approval = waits.subquery("approval")
    query = select(
        func.count(),
        func.count().filter(Referral.owner_id == actor.account_id),
        func.count().filter(Referral.state == "asked"),
        func.count().filter(Referral.state == "answered"),
        func.count().filter(Referral.owner_id.is_(None)),
        func.count().filter(is_overdue(clock.now())),
        *(select(func.count()).select_from(one).scalar_subquery() for one in (*closed.values(), news, approval)),
    ).where(reach, Referral.state.in_(sorted(OPEN)))
    return Counts(*db.session().execute(query).one())
