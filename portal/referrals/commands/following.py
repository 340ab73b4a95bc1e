"""What a referrer does with a sent report: reads it, takes it back while nobody has opened it, else asks to."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import insert, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.referrals import states
from portal.referrals.commands import notices
from portal.referrals.commands.moves import move
from portal.referrals.models import WITHDRAWAL_REASONS, Referral, Withdrawal
from portal.referrals.queries.record import Found, record_of

MOST_WORDS = 2000  # characters about a withdrawal


def note_reading(actor: Actor, found: Found) -> None:
    """Record that somebody of the referrer's side read the report."""
    del actor  # the event takes the actor of the scope
    events.record(Event.REFERRAL_READ, found.id, part="own")


def withdraw(actor: Actor, found: Found, reason: str, words: str = "") -> None:
    """Take one's own report back while nobody has begun to read it; afterwards, ask the council to let one.

    It is kept, and a withdrawn report waits on the council's list until somebody has seen that it was. Asking twice is
    once. Raises NotFound for anybody but its author, Invalid({"reason": missing, "words": too_long}), and Conflict when
    it is closed or has changed.
    """
    if found.author_id != actor.account_id:
        raise NotFound("not the author")
    if reason not in WITHDRAWAL_REASONS:
        raise Invalid({"reason": "missing"})
    if len(words) > MOST_WORDS:
        raise Invalid({"words": "too_long"})
    if states.may("withdraw", found.state):
        move(actor, found, "withdraw", new_since=clock.now(), queued_at=clock.now())
        _keep(actor, found, reason, words, done=True)
        events.record(Event.REFERRAL_WITHDRAWN, found.id, reason=reason)
        return
    if found.withdrawal_asked_at is None:
        _ask(actor, found)
        _keep(actor, found, reason, words, done=False)
        events.record(Event.WITHDRAWAL_ASKED, found.id, reason=reason)
        if found.owner_id is not None:
            notices.tell(actor, "news", found.owner_id, found.id)


def _ask(actor: Actor, found: Found) -> None:
    """Mark the report as it was seen: of this and a decision at the same moment exactly one is made."""
    council = scope.current().council
    statement = (
        update(Referral)
        .where(
            Referral.tenant_id == (council.id if council else None),
            Referral.id == found.id,
            Referral.author_id == actor.account_id,
            Referral.version == found.version,
            Referral.state.in_(sorted(states.BEGUN)),
            Referral.withdrawal_asked_at.is_(None),
        )
        .values(
            withdrawal_asked_at=clock.now(),
            version=Referral.version + 1,
            changed_at=clock.now(),
            queued_at=clock.now(),
        )
        .returning(Referral.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("the report has changed", state=found.state)


def _keep(actor: Actor, found: Found, reason: str, words: str, *, done: bool) -> None:
    made, now = uuid4(), clock.now()
    council = scope.current().council
    db.session().execute(
        insert(Withdrawal).values(
            tenant_id=council.id if council else None,
            id=made,
            referral_id=found.id,
            agency_id=found.agency_id,
            asked_by=actor.account_id,
            asked_at=now,
            reason=reason,
            words=record_of(found).seal(words, "withdrawal", made, "words") if words else None,
            answered_at=now if done else None,
            accepted=True if done else None,
        )
    )
