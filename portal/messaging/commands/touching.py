"""A report that its agency says something new about: locked, moved up in the holding area, and its owner told."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update

from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Actor
from portal.referrals import states
from portal.referrals.commands import notices
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found


class Locked(NamedTuple):
    """What a report is while nobody else can change it."""

    state: str
    rank: int
    owner_id: UUID | None


def lock(found: Found) -> Locked:
    """The report, locked until the transaction ends; raises Conflict once it is withdrawn.

    Messages may be written to it meanwhile: two people who both have would else wait for each other.
    """
    query = select(Referral.state, Referral.urgency, Referral.owner_id).where(
        Referral.tenant_id == scope.council().id, Referral.id == found.id
    )
    row = db.session().execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise NotFound("no such report")
    if row.state == "withdrawn":
        raise Conflict("withdrawn", state=row.state)
    return Locked(row.state, row.urgency, row.owner_id)


def touch(found: Found, locked: Locked, **values: Any) -> None:
    """Let the council see that there is something new: on a closed report until somebody says that it was read."""
    if locked.state not in states.OPEN:
        values["new_since"] = func.coalesce(Referral.new_since, clock.now())
    db.session().execute(
        update(Referral)
        .where(Referral.tenant_id == scope.council().id, Referral.id == found.id)
        .values(
            version=Referral.version + 1,
            changed_at=clock.now(),
            queued_at=clock.now(),
            unread_by_council=Referral.unread_by_council + 1,
            **values,
        )
        .execution_options(synchronize_session=False)
    )


def tell(actor: Actor, found: Found, locked: Locked) -> None:
    """Have the report's owner told, if it has one."""
    if locked.owner_id is not None:
        notices.tell(actor, "news", locked.owner_id, found.id)
