"""What the council does with what came after sending: it answers a request to withdraw, and reads or reopens what is
closed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden
from portal.kernel.scope import Actor
from portal.messaging.commands import guarding, mark_messages
from portal.messaging.commands.writing import checked, write
from portal.referrals import states
from portal.referrals.commands import notices
from portal.referrals.commands.moves import move, touch
from portal.referrals.deadlines import due_at
from portal.referrals.models import Referral, Withdrawal
from portal.referrals.queries.record import Found
from portal.screening.commands.proposals import overtake
from portal.screening.models import Decision


def accept_withdrawal(actor: Actor, found: Found) -> None:
    """Let the author take the report back: nobody acts on it any more, and it stays where the council sees it.

    Only its owner answers. Raises Conflict when nobody asks any more or the report changed meanwhile.
    """
    _check_asked(actor, found)
    reason = _answer(actor, found, accepted=True)
    move(
        actor, found, "accept_withdrawal", withdrawal_asked_at=None, new_since=None, unread_by_council=0,
    )  # fmt: skip
    mark_messages(found, "council")
    overtake(actor, found)
    events.record(Event.WITHDRAWAL_ANSWERED, found.id, accepted=True)
    events.record(Event.REFERRAL_WITHDRAWN, found.id, reason=reason)
    notices.tell(actor, "outcome", found.author_id, found.id)


def refuse_withdrawal(actor: Actor, found: Found, words: str, once: UUID, confirmed: str = "") -> None:
    """Go on with the report all the same; the author reads why, as a message.

    Raises Invalid({"message": required, too_long, control, protected: `confirmed` is not the mark of what they give
    away}), and Conflict as `accept_withdrawal`; the same `once` twice is one answer.
    """
    text = checked(words)
    # Before the message is written: a page that shows the refusal shows the thread too.
    secrets = guarding.held(actor, found, text, confirmed, "message")
    if not write(actor, found, "council", text, once).new:
        return
    _check_asked(actor, found)
    _answer(actor, found, accepted=False)
    touch(found, withdrawal_asked_at=None, unread_by_agency=Referral.unread_by_agency + 1)
    events.record(Event.WITHDRAWAL_ANSWERED, found.id, accepted=False)
    guarding.note(found, secrets)
    notices.tell(actor, "outcome", found.author_id, found.id)


def settle(actor: Actor, found: Found) -> None:
    """What is new on a closed report was read, and changes nothing. The same twice is once."""
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    if found.state not in states.CLOSED:
        raise Conflict("open again", state=found.state, owner=found.owner_name, by=found.owner_name)
    if found.new_since is None:
        return
    touch(found, new_since=None, unread_by_council=0)
    mark_messages(found, "council")
    events.record(Event.NEWS_READ, found.id)


def reopen(actor: Actor, found: Found) -> None:
    """Take a closed report up again: it is this person's, its clock begins anew, and an earlier decision is kept as the
    one that was. Raises Conflict when somebody else was first."""
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    if found.owner_id == actor.account_id and found.state == "screening":
        return
    now = clock.now()
    move(
        actor, found, "reopen", owner_id=actor.account_id, claimed_at=now, queued_at=now, outcome=None,
        decided_at=None, new_since=None, due_at=due_at(scope.council(), found.urgency, now), clock_from=now,
        clock_rank=None, warned_on=None,
    )  # fmt: skip
    db.session().execute(
        update(Decision)
        .where(Decision.referral_id == found.id, Decision.replaced_at.is_(None))
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    )
    overtake(actor, found)
    events.record(Event.REOPENED, found.id, was=found.state)
    notices.tell(actor, "outcome", found.author_id, found.id)


def _check_asked(actor: Actor, found: Found) -> None:
    asked = found.withdrawal_asked_at is not None and found.state in states.BEGUN
    if not asked or found.owner_id != actor.account_id:
        raise Conflict(state=found.state, owner=found.owner_name, by=found.owner_name)


def _answer(actor: Actor, found: Found, *, accepted: bool) -> str:
    """Answer the open wish; its reason."""
    statement = (
        update(Withdrawal)
        .where(
            Withdrawal.tenant_id == scope.council().id,
            Withdrawal.referral_id == found.id,
            Withdrawal.answered_at.is_(None),
        )
        .values(answered_at=clock.now(), answered_by=actor.account_id, accepted=accepted)
        .returning(Withdrawal.reason)
        .execution_options(synchronize_session=False)
    )
    reason: str | None = db.session().execute(statement).scalar_one_or_none()
    if reason is None:
        raise Conflict("answered meanwhile", state=found.state, owner=found.owner_name, by=found.owner_name)
    return reason
