"""Whom a lead has not confirmed for 90 days, and which agencies are late with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from portal.auth.models import Account, Agency, Membership
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries.people import manageable
from portal.kernel import clock, db
from portal.kernel.language import Text
from portal.kernel.scope import Actor

EVERY: Final = timedelta(days=90)
# After that the council sees that an agency is late.
LATE: Final = timedelta(days=14)
MOST: Final = 50


@dataclass(frozen=True)
class Due:
    """Somebody to confirm."""

    id: UUID
    name: str
    email: str
    job_title: str
    used_at: datetime | None
    version: int


def confirmed() -> Any:
    """When somebody was last confirmed, or else let in."""
    return func.coalesce(Membership.confirmed_at, Membership.decided_at, Membership.asked_at)


def due(now: datetime) -> ColumnElement[bool]:
    """Those of agencies who are in and whom nobody has confirmed for 90 days; leads are the council's to know."""
    return and_(Membership.state == "active", Membership.role == "referrer", confirmed() <= now - EVERY)


def to_confirm(actor: Actor) -> tuple[Due, ...]:
    """Whom the lead has to confirm now, by name, MOST at a time; none for the council."""
    if reach(actor, Permission.PEOPLE) is not Reach.AGENCY:
        return ()
    rows = db.session().execute(
        select(
            Membership.id,
            Account.name,
            Account.email,
            Membership.job_title,
            Membership.used_at,
            Membership.version,
        )
        .join(Account, Account.id == Membership.account_id)
        .where(manageable(actor), due(clock.now()))
        .order_by(Account.name, Membership.id)
        .limit(MOST)
    )
    return tuple(Due(*row) for row in rows)


def late(actor: Actor) -> tuple[Text, ...]:
    """The agencies whose lists are overdue, for the council; by name."""
    if reach(actor, Permission.PEOPLE) is not Reach.COUNCIL:
        return ()
    query = (
        select(Agency.name)
        .join(Membership, Membership.agency_id == Agency.id)
        .where(due(clock.now() - LATE))
        .group_by(Agency.id)
        .order_by(Agency.name["en"].astext)
        .limit(MOST)
    )
    return tuple(db.session().execute(query).scalars())
