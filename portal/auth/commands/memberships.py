"""Asking to belong to an agency in this council, and deciding about it: the first decision stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import or_, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import Membership
from portal.auth.queries import accounts, people
from portal.auth.queries.agencies import judge
from portal.auth.queries.invitations import Offered
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor

# What a decision makes of a membership that waits, and what is recorded.
_DECISIONS = {
    "approve": ("active", Event.MEMBERSHIP_APPROVED),
    "refuse": ("refused", Event.MEMBERSHIP_REFUSED),
}
# How long the council vouches for somebody at a time: half a year.
SPONSORED_LIFE: Final = timedelta(days=183)
# What an earlier membership of the same agency leaves behind: nothing.
_ASKED_AGAIN = {
    "decided_at": None, "decided_by": None, "sponsored": False, "evidence": "", "ends_at": None, "why": "",
    "reminded": 0, "confirmed_at": None, "warned_at": None,
}  # fmt: skip


def ask(actor: Actor, agency_id: str, job: str, *, lead: bool) -> UUID:
    """Ask to belong to an agency; a refused or ended membership may be asked for again.

    Raises Invalid({"agency": "not_yours"}) when the actor's address does not fit the agency, Conflict when
    there is a membership already.
    """
    council = scope.council()
    agency = judge(actor.email).agency(agency_id)
    if agency is None:
        raise Invalid({"agency": "not_yours"})
    role = "agency_lead" if lead else "referrer"
    asked = {"agency_id": agency.id, "role": role, "state": "pending", "job_title": job, "asked_at": clock.now()}
    statement = insert(Membership).values(
        tenant_id=council.id, id=uuid4(), account_id=actor.account_id, version=1, **asked
    )
    found = db.session().execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "account_id", "agency_id"],
            set_=asked | _ASKED_AGAIN | {"version": Membership.version + 1},
            where=Membership.state.in_(("refused", "ended")),
        ).returning(Membership.id)
    )
    membership_id = found.scalar_one_or_none()
    if membership_id is None:
        raise Conflict("there is a membership already")
    events.record(Event.MEMBERSHIP_ASKED, membership_id, role=role)
    jobs.enqueue("auth.tell_approvers", membership_id=membership_id)
    return membership_id


def decide(actor: Actor, membership_id: UUID, decision: str, version: int) -> None:
    """Approve or refuse somebody who waits; takes effect at their next request.

    Deciding the same twice (a double click) is once. Raises NotFound when the actor may not know of the membership,
    Conflict when somebody decided first, Invalid({"number": "call"}) for a lead, whose agency is rung first.
    """
    if decision not in _DECISIONS:
        raise NotFound
    if decision == "approve" and people.asks_to_lead(actor, membership_id):
        raise Invalid({"number": "call"})
    _decide(actor, membership_id, decision, version)


def approve_lead(actor: Actor, membership_id: UUID, version: int) -> None:
    """Let a lead in, for `leads.make_lead`, which keeps that the agency was rung."""
    _decide(actor, membership_id, "approve", version)


def _decide(actor: Actor, membership_id: UUID, decision: str, version: int) -> None:
    after, event = _DECISIONS[decision]
    changed = db.session().execute(
        update(Membership)
        .where(
            people.manageable(actor),
            Membership.id == membership_id,
            Membership.state == "pending",
            Membership.version == version,
        )
        .values(
            state=after,
            reminded=0,
            decided_at=clock.now(),
            decided_by=actor.account_id,
            version=Membership.version + 1,
        )
        .returning(Membership.role)
    )
    role = changed.scalar_one_or_none()
    if role is None:
        if people.decided(actor, membership_id, after, version + 1):
            return
        if people.exists(actor, membership_id):
            raise Conflict("somebody decided first")
        raise NotFound
    events.record(event, membership_id, role=role)
    jobs.enqueue("auth.send_membership", membership_id=membership_id)


def grant(account_id: UUID, offered: Offered, job: str) -> UUID:
    """Make what was offered to somebody their membership; a lead waits until the council has rung the agency.

    Raises Conflict when they have it already.
    """
    council = scope.council()
    now, waits = clock.now(), offered.role == "agency_lead"
    values = {
        "role": offered.role,
        "state": "pending" if waits else "active",
        "job_title": job,
        "decided_at": None if waits else now,
        "decided_by": None if waits else offered.invited_by,
        "why": "",
        "reminded": 0,
        "confirmed_at": None,
        "warned_at": None,
        "sponsored": offered.sponsored,
        "evidence": offered.evidence,
        "ends_at": now + SPONSORED_LIFE if offered.sponsored else None,
    }
    row = {"tenant_id": council.id, "account_id": account_id, "agency_id": offered.agency_id, "asked_at": now}
    found = db.session().execute(
        insert(Membership)
        .values(id=uuid4(), version=1, **row, **values)
        .on_conflict_do_update(
            index_elements=["tenant_id", "account_id", "agency_id"],
            set_=values | {"version": Membership.version + 1},
            where=or_(Membership.state.in_(("pending", "refused", "ended")), Membership.ends_at <= now),
        )
        .returning(Membership.id)
    )
    membership_id = found.scalar_one_or_none()
    if membership_id is None:
        raise Conflict("there is a membership already")
    if waits:
        events.record(Event.MEMBERSHIP_ASKED, membership_id, role=offered.role)
        jobs.enqueue("auth.tell_approvers", membership_id=membership_id)
    else:
        events.record(Event.MEMBERSHIP_APPROVED, membership_id, role=offered.role)
    return membership_id


def ask_as(account_id: UUID, agency_id: str, job: str, *, lead: bool) -> Actor:
    """`ask` for an account that was made a moment ago; the person as this council knows them then."""
    newcomer = accounts.actor_of(account_id)
    scope.act_as(newcomer)
    ask(newcomer, agency_id, job, lead=lead)
    actor = accounts.actor_of(account_id)
    scope.act_as(actor)
    return actor
