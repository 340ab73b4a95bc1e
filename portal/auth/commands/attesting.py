"""Every 90 days the lead confirms who still works at the agency; who is not confirmed is recalled each week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import Membership
from portal.auth.queries import attestation, people
from portal.kernel import clock, db, jobs
from portal.kernel.scope import Actor

WEEK: Final = timedelta(days=7)


def remind(now: datetime) -> int:
    """Have the leads of agencies reminded whose people are due; how many agencies. Twice a week is once."""
    rows = db.session().execute(
        select(Membership.id, Membership.agency_id, Membership.reminded, attestation.confirmed().label("confirmed"))
        .where(attestation.due(now))
        .order_by(Membership.id)
    )
    agencies: dict[UUID, UUID] = {}
    for row in rows.all():
        weeks = 1 + (now - row.confirmed - attestation.EVERY) // WEEK
        if row.reminded < weeks:
            db.session().execute(update(Membership).where(Membership.id == row.id).values(reminded=weeks))
            agencies.setdefault(row.agency_id, row.id)
    for agency_id, membership_id in agencies.items():
        jobs.enqueue("auth.remind_to_confirm", agency_id=agency_id, membership_id=membership_id)
    return len(agencies)


def confirm(actor: Actor, membership_id: UUID, version: int) -> bool:
    """Confirm that somebody still works here; False when they changed since they were shown."""
    changed = db.session().execute(
        update(Membership)
        .where(
            people.manageable(actor),
            Membership.id == membership_id,
            Membership.state == "active",
            Membership.version == version,
        )
        .values(confirmed_at=clock.now(), reminded=0)
        .returning(Membership.id)
    )
    if changed.one_or_none() is None:
        return False
    events.record(Event.MEMBERSHIP_CONFIRMED, membership_id)
    return True
