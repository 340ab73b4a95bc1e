"""Correcting a decision: the first stays, and the new one stands beside it with a reason."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden
from portal.kernel.scope import Actor
from portal.messaging.commands import mark_messages
from portal.referrals.commands import notices
from portal.referrals.commands.moves import touch
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found, record_of
from portal.screening.commands import following
from portal.screening.commands.decisions import recorded
from portal.screening.commands.judging import (
    By,
    judged,
    needs_approval,
    required_words,
    row_of,
    settle_words,
    text_mistake,
)
from portal.screening.commands.proposals import overtake
from portal.screening.given import Change, Given
from portal.screening.grounds import plain
from portal.screening.models import Decision
from portal.screening.queries.decision import Decided, decision


def may_correct(actor: Actor, found: Found) -> bool:
    """Whether the person may correct its decision: who decided it, and whoever approves decisions."""
    ours = found.owner_id == actor.account_id or reach(actor, Permission.APPROVE) is Reach.COUNCIL
    return found.state == "decided" and ours and not found.reads_only(actor)


def correct(actor: Actor, found: Found, given: Given, change: Change) -> None:
    """Correct the decision of a report; the referrer is told again where what they read is another.

    Raises Invalid as `judging.judged` does, and for why (required, too_long, control, same: nothing is corrected),
    Forbidden for an outcome that a second person must approve, and Conflict when it was corrected or opened meanwhile.
    """
    given, change = settle_words(given, scope.council()), Change(change.decision_id, plain(change.why))
    if recorded(actor, found, given):
        return
    check(actor, found, given, change)
    if needs_approval(given.outcome):
        raise Forbidden("a second person must approve that outcome")
    put(actor, found, given, change, By(actor.account_id))


def check(actor: Actor, found: Found, given: Given, change: Change) -> int:
    """Judge a correction whose words are settled; as `judging.judged`."""
    if not may_correct(actor, found):
        raise Conflict(state=found.state, owner=found.owner_name, by=found.owner_name)
    now = standing(actor, found, change.decision_id)
    why = text_mistake(change.why) or ("same" if _same(now, given) else "")
    return judged(actor, found, given, more={"why": why} if why else None)


def standing(actor: Actor, found: Found, decision_id: UUID) -> Decided:
    """The decision that counts, if it is that one; raises Conflict."""
    now = decision(actor, Permission.DECIDE, found)
    if now is None or now.id != decision_id:
        raise Conflict("decided otherwise meanwhile", state=found.state, owner=found.owner_name, by=found.owner_name)
    return now


def put(actor: Actor, found: Found, given: Given, change: Change, by: By) -> None:
    """Record a correction that was judged; raises Conflict when the report changed meanwhile."""
    before, now, record = standing(actor, found, change.decision_id), clock.now(), record_of(found)
    told = (given.outcome, given.told, required_words(found, given.outcome))
    again = (before.outcome, before.told, before.required) != told
    unseen = 1 if again and before.seen_at is not None else 0
    touch(
        found, outcome=given.outcome, unread_by_council=0, new_since=None,
        unread_by_agency=Referral.unread_by_agency + unseen,
    )  # fmt: skip
    db.session().execute(
        update(Decision)
        .where(Decision.tenant_id == scope.council().id, Decision.id == before.id)
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    )
    more = {
        "decided_at": now,
        "corrects": before.id,
        "why": record.seal(change.why, "decision", given.once, "why"),
        "seen_at": None if again else before.seen_at,
    }
    db.session().execute(insert(Decision).values(row_of(found, given, by) | more))
    mark_messages(found, "council")
    overtake(actor, found, given.once)
    events.record(Event.DECISION_CORRECTED, found.id, outcome=given.outcome, again=again)
    if again:
        notices.tell(actor, "outcome", found.author_id, found.id)
    following.decided(actor, found, given.once)


def _same(now: Decided, given: Given) -> bool:
    kept = (now.outcome, now.route, now.rationale, now.told, now.grounds)
    return kept == (given.outcome, given.route, given.rationale, given.told, given.grounds)
