"""The life of a proposed decision: opened once, and settled once, in the transaction of whatever settles it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict
from portal.kernel.scope import Actor
from portal.referrals.commands.moves import touch
from portal.referrals.commands.telling import tell_approvers
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found, record_of
from portal.screening.given import Change, Given, as_text
from portal.screening.models import Proposal

EVENTS = {
    "approved": Event.PROPOSAL_APPROVED,
    "sent_back": Event.PROPOSAL_SENT_BACK,
    "withdrawn": Event.PROPOSAL_WITHDRAWN,
    "overtaken": Event.PROPOSAL_OVERTAKEN,
}


def open_one(actor: Actor, found: Found, given: Given, change: Change | None) -> None:
    """Open it under the mark of the decision that it would become; raises Conflict when the report changed."""
    touch(found, approval_asked_at=clock.now())
    row = {
        "tenant_id": scope.council_id(), "id": given.once, "referral_id": found.id, "outcome": given.outcome,
        "seen": given.seen if given.read_new is None else given.read_new,
        "proposed_by": actor.account_id, "proposed_at": clock.now(),
        "given": record_of(found).seal(as_text(given, change), "proposal", given.once, "given"),
    }  # fmt: skip
    db.session().execute(insert(Proposal).values(row))
    events.record(Event.DECISION_PROPOSED, found.id, outcome=given.outcome)
    tell_approvers(actor, "approval", found.id, but={actor.account_id})


def settle(actor: Actor, found: Found, proposal_id: UUID, result: str, words: bytes | None = None) -> None:
    """Settle that open proposal; raises Conflict when it is not open any more."""
    statement = (
        update(Proposal)
        .where(Proposal.tenant_id == scope.council_id(), Proposal.id == proposal_id, Proposal.referral_id == found.id)
        .where(Proposal.settled_at.is_(None))
        .values(settled_at=clock.now(), settled_by=actor.account_id, result=result, words=words)
        .returning(Proposal.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("settled meanwhile", state=found.state, owner=found.owner_name, by=found.owner_name)
    events.record(EVENTS[result], found.id)


def overtake(actor: Actor, found: Found, but: UUID | None = None) -> None:
    """Whatever was proposed (`but` that one) is overtaken by what happens now: nobody approves it any more."""
    if found.approval_asked_at is None:
        return
    statement = (
        update(Proposal)
        .where(
            Proposal.tenant_id == scope.council_id(), Proposal.referral_id == found.id, Proposal.settled_at.is_(None)
        )
        .where(Proposal.id != but)
        .values(settled_at=clock.now(), settled_by=actor.account_id, result="overtaken")
        .returning(Proposal.id)
        .execution_options(synchronize_session=False)
    )
    gone = db.session().execute(statement).scalars().all()
    db.session().execute(
        update(Referral)
        .where(Referral.tenant_id == scope.council_id(), Referral.id == found.id)
        .values(approval_asked_at=None)
        .execution_options(synchronize_session=False)
    )
    if gone:
        events.record(Event.PROPOSAL_OVERTAKEN, found.id)
