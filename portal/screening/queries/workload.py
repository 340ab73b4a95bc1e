"""Who has how much to do, and who may take a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.kernel import clock, db
from portal.kernel.scope import Actor
from portal.referrals.models import FIRST_NOT_URGENT, Referral
from portal.referrals.queries.reaching import changeable, reachable
from portal.referrals.queries.record import Found
from portal.referrals.states import OPEN
from portal.screening.queries.queue import is_overdue
from portal.screening.queries.restricting import who_may_be_named


@dataclass(frozen=True)
class Load:
    """What one person has open, of what the reader may see; `here` is False for somebody who does not work with reports
    at the moment and has some all the same. `account_id` None stands for what nobody has."""

    account_id: UUID | None
    name: str
    role: str
    here: bool
    open: int = 0
    urgent: int = 0
    overdue: int = 0
    asked: int = 0
    unread: int = 0


@dataclass(frozen=True)
class Item:
    """One open report that may be given to somebody else."""

    id: UUID
    reference: str | None
    initials: str
    route: str | None
    state: str
    due_at: datetime | None


def workload(actor: Actor) -> tuple[Load, ...]:
    """Everybody who works with reports, the fullest first, then what nobody has."""
    query = (
        select(
            Referral.owner_id,
            func.coalesce(Account.name, "").label("name"),
            func.count().label("open"),
            func.count().filter(Referral.queue_rank < FIRST_NOT_URGENT).label("urgent"),
            func.count().filter(is_overdue(clock.now())).label("overdue"),
            func.count().filter(Referral.state == "asked").label("asked"),
            func.count().filter(Referral.unread_by_council > 0).label("unread"),
        )
        .outerjoin(Account, Account.id == Referral.owner_id)
        .where(reachable(actor, Permission.LOOK), Referral.state.in_(sorted(OPEN)))
        .group_by(Referral.owner_id, Account.name)
    )
    counted = {row.owner_id: row for row in db.session().execute(query)}
    staff = {one.account_id: one for one in who_may_be_named(actor)}
    everybody: list[UUID | None] = [*staff, *(one for one in counted if one is not None and one not in staff), None]
    loads = []
    for one in everybody:
        row, colleague = counted.get(one), staff.get(one) if one else None
        numbers = (row.open, row.urgent, row.overdue, row.asked, row.unread) if row else ()
        name = colleague.name if colleague else row.name if row else ""
        loads.append(Load(one, name, colleague.role if colleague else "", colleague is not None, *numbers))
    return tuple(sorted(loads, key=lambda one: (one.account_id is None, -one.open, one.name)))


def who_may_take(found: Found) -> frozenset[UUID]:
    """Who works with reports and may see this one: the list of a restricted one, nobody who must not see the family."""
    query = select(Referral.unseen_by).where(Referral.id == found.id)
    unseen = db.session().execute(query).scalar_one_or_none() or ()
    staff = (one.account_id for one in who_may(Permission.CLAIM))
    return frozenset(one for one in staff if one not in unseen and (found.sight is None or one in found.sight))


def held_by(actor: Actor, owner_id: UUID | None, most: int) -> tuple[Item, ...]:
    """The open reports that somebody (None: nobody) has, of those that the reader may see, what is due first."""
    mine = Referral.owner_id.is_(None) if owner_id is None else Referral.owner_id == owner_id
    query = (
        select(Referral.id, Referral.reference, Referral.initials, Referral.route, Referral.state, Referral.due_at)
        .where(changeable(actor, Permission.CLAIM), mine, Referral.state.in_(sorted(OPEN)))
        .order_by(Referral.due_at, Referral.id)
        .limit(most)
    )
    rows: Sequence[Any] = db.session().execute(query).all()
    return tuple(Item(*row) for row in rows)


def who_may_not(report_ids: Sequence[UUID], people: Sequence[UUID]) -> frozenset[tuple[UUID, UUID]]:
    """The pairs of report and person where the person may not see the report."""
    query = select(Referral.id, Referral.sight, Referral.unseen_by).where(Referral.id.in_(report_ids))
    return frozenset(
        (row.id, person)
        for row in db.session().execute(query)
        for person in people
        if person in row.unseen_by or (row.sight is not None and person not in row.sight)
    )
