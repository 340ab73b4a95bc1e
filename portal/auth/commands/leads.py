"""Making somebody an agency's lead: the council rings the agency first, on the number of its register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.commands import memberships, standing
from portal.auth.models import LeadCheck
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries import colleagues, leads
from portal.auth.queries.colleagues import Colleague
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor

# How long ago a call may have been.
DAYS: Final = 7


def candidate(actor: Actor, membership_id: UUID) -> Colleague:
    """Somebody who asked to be the lead, or a colleague who may become it. Raises NotFound."""
    found = colleagues.find(actor, membership_id)
    asked = found is not None and (found.role, found.state) == ("agency_lead", "pending")
    may = found is not None and (found.role, found.state, found.sponsored) == ("referrer", "active", False)
    if found is None or not (asked or may) or reach(actor, Permission.PEOPLE) is not Reach.COUNCIL:
        raise NotFound
    return found


def days() -> tuple[date, ...]:
    """The days on which a call may have been, newest first."""
    return tuple(clock.today() - timedelta(days=number) for number in range(DAYS))


@dataclass(frozen=True)
class Call:
    """What was typed about a call: the number that was rung, who answered, and the day (as YYYY-MM-DD)."""

    number: str
    answered_by: str
    rang_on: str


def make_lead(actor: Actor, membership_id: UUID, version: int, call: Call) -> None:
    """Record the call and make somebody the lead. Raises NotFound, Conflict when somebody decided first, and
    Invalid({"number" | "rang_on": "choice"}) for a number that is not on the register or another day.
    """
    found = candidate(actor, membership_id)
    council = scope.council()
    if call.number not in leads.numbers(found.agency_id):
        raise Invalid({"number": "choice"})
    day = next((one for one in days() if one.isoformat() == call.rang_on), None)
    if day is None:
        raise Invalid({"rang_on": "choice"})
    if found.version != version:
        raise Conflict("somebody decided first")
    db.session().execute(
        insert(LeadCheck).values(
            tenant_id=council.id,
            id=uuid4(),
            membership_id=membership_id,
            number=call.number,
            answered_by=call.answered_by,
            rang_on=day,
            recorded_by=actor.account_id,
            recorded_at=clock.now(),
        )
    )
    events.record(Event.LEAD_CHECKED, membership_id)
    if found.state == "pending":
        memberships.approve_lead(actor, membership_id, version)
    else:
        standing.make_lead(actor, membership_id, version)
