"""The urgent reports of which nobody has said yet that they know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import DutyAlert, Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.states import OPEN

MOST_NAMED = 20


@dataclass(frozen=True)
class Waiting:
    """The first of them (reference, since when) and how many there are in all."""

    first: tuple[tuple[str, datetime], ...] = ()
    count: int = 0


def waiting(actor: Actor) -> Waiting:
    """Open urgent reports that wait for somebody to acknowledge them, the oldest first."""
    rows = db.session().execute(_query(actor)).all()
    return Waiting(tuple((row.reference, row.raised_at) for row in rows), rows[0].total if rows else 0)


@lru_cache(maxsize=128)
def _query(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Referral.reference, DutyAlert.raised_at, func.count().over().label("total"))
        .join(Referral, (Referral.tenant_id == DutyAlert.tenant_id) & (Referral.id == DutyAlert.referral_id))
        .where(
            reachable(actor, Permission.SCREEN),
            DutyAlert.acknowledged_at.is_(None),
            Referral.state.in_(sorted(OPEN)),
        )
        .order_by(DutyAlert.raised_at, DutyAlert.id)
        .limit(MOST_NAMED)
    )
