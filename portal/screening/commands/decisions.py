"""Deciding a report in one transaction, and the referrer's reading of the outcome."""

from __future__ import annotations

from sqlalchemy import func, insert, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden
from portal.kernel.scope import Actor
from portal.messaging.commands import mark_messages
from portal.referrals import states
from portal.referrals.commands import notices
from portal.referrals.commands.moves import move
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found
from portal.screening.commands import following
from portal.screening.commands.judging import MAX_TEXT, By, judged, needs_approval, row_of, settle_words
from portal.screening.commands.proposals import overtake
from portal.screening.given import Given
from portal.screening.models import Decision
from portal.screening.queries.decision import decision, exists

__all__ = ["MAX_TEXT", "Given", "decide", "see_outcome"]


def decide(actor: Actor, found: Found, given: Given) -> None:
    """Record the outcome: decision, state, audit and notice commit together or not at all.

    The same `once` twice is one decision, with other words a Conflict. Raises Invalid as `judging.judged` does,
    Forbidden for an outcome that a second person must approve, and Conflict when the report is not this person's,
    changed meanwhile, or its author asks to withdraw it.
    """
    given = settle_words(given, scope.council())
    if recorded(actor, found, given):
        return
    check_owned(actor, found)
    if needs_approval(given.outcome):
        raise Forbidden("a second person must approve that outcome")
    unread = judged(actor, found, given)
    put(actor, found, given, By(actor.account_id), unread)


def check_owned(actor: Actor, found: Found) -> None:
    """Raise Conflict unless this person may decide the report now."""
    if found.owner_id != actor.account_id:
        raise Conflict(state=found.state, owner=found.owner_name, by=found.owner_name)
    check_ready(found)


def check_ready(found: Found) -> None:
    """Raise Conflict unless the report can be decided now."""
    if not states.may("decide", found.state):
        raise Conflict(state=found.state, owner=found.owner_name, by=found.owner_name)
    if found.withdrawal_asked_at is not None:
        # Its author would be told of a decision instead of an answer.
        raise Conflict("asked to withdraw", state=found.state, withdrawal="yes")


def put(actor: Actor, found: Found, given: Given, by: By, unread: int) -> None:
    """Record a decision that was judged; raises Conflict when the report changed meanwhile."""
    now = clock.now()
    try:
        # A reply that arrives after the count above changes the version, so the move below fails.
        move(
            actor, found, "decide", outcome=given.outcome, decided_at=now, unread_by_council=0,
            unread_by_agency=Referral.unread_by_agency + 1,
        )  # fmt: skip
    except Conflict:
        if recorded(actor, found, given):
            return
        raise
    db.session().execute(insert(Decision).values(row_of(found, given, by) | {"decided_at": now}))
    mark_messages(found, "council")
    overtake(actor, found, given.once)
    events.record(Event.DECIDED, found.id, outcome=given.outcome, unread=unread)
    notices.tell(actor, "outcome", found.author_id, found.id)
    following.decided(actor, found, given.once)


def recorded(actor: Actor, found: Found, given: Given) -> bool:
    """Whether this very decision was recorded (a double click). Raises Conflict when it was, in other words: they
    would be lost without anybody noticing."""
    if not exists(found, given.once):
        return False
    before = decision(actor, Permission.DECIDE, found)
    kept = (before.outcome, before.route, before.rationale, before.told, before.grounds) if before else ()
    if kept != (given.outcome, given.route, given.rationale, given.told, given.grounds):
        raise Conflict(state="decided", owner=found.owner_name, by=found.owner_name)
    return True


def see_outcome(actor: Actor, found: Found) -> None:
    """The referrer has read the outcome; only the first reading is recorded, and no colleague's: the council is told
    that the referrer knows."""
    if found.author_id != actor.account_id:
        return
    statement = (
        update(Decision)
        .where(Decision.referral_id == found.id, Decision.seen_at.is_(None), Decision.replaced_at.is_(None))
        .values(seen_at=clock.now())
        .returning(Decision.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        return
    db.session().execute(
        update(Referral)
        .where(Referral.id == found.id)
        .values(unread_by_agency=func.greatest(Referral.unread_by_agency - 1, 0))
        .execution_options(synchronize_session=False)
    )
    events.record(Event.OUTCOME_READ, found.id)
