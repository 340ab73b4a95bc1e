"""Who may be named on a restricted report's list, and how its restriction stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.kernel import db
from portal.kernel.errors import Conflict
from portal.kernel.scope import Actor
from portal.referrals.queries.record import Found, record_of
from portal.screening.models import Restriction


@dataclass(frozen=True)
class Colleague:
    """Somebody who works with reports."""

    account_id: UUID
    name: str
    role: str


@dataclass(frozen=True)
class Restricted:
    """A restriction that is in force."""

    id: UUID
    reason: str
    words: str
    marked_by: str
    marked_at: datetime
    lift_asked_by: UUID | None
    lift_asked_name: str
    lift_asked_at: datetime | None


def who_may_be_named(actor: Actor) -> tuple[Colleague, ...]:
    """The council's people who work with reports, the actor too, by name."""
    staff = sorted(who_may(Permission.SCREEN), key=lambda one: (one.account_id != actor.account_id, one.name))
    return tuple(Colleague(one.account_id, one.name, one.role) for one in staff)


def restriction(found: Found) -> Restricted:
    """The restriction of a report that is restricted; raises Conflict when it was lifted meanwhile."""
    marked, asked = aliased(Account), aliased(Account)
    query = (
        select(Restriction, marked.name, asked.name)
        .join(marked, marked.id == Restriction.marked_by)
        .outerjoin(asked, asked.id == Restriction.lift_asked_by)
        .where(Restriction.referral_id == found.id, Restriction.lifted_at.is_(None))
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise Conflict("no longer restricted", state=found.state)
    one: Restriction = row[0]
    words = record_of(found).open(one.words, "restriction", one.id, "words") if one.words else ""
    return Restricted(
        one.id, one.reason, words, row[1], one.marked_at, one.lift_asked_by, row[2] or "", one.lift_asked_at
    )
