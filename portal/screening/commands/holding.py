"""Claiming, giving, releasing and ranking a report in the holding area; of several people exactly one wins."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor
from portal.messaging.commands.writing import checked
from portal.referrals.commands import duty
from portal.referrals.commands.moves import move, touch
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found, find
from portal.referrals.states import OPEN
from portal.screening.commands.notes import MAX_NOTE, insert_note
from portal.screening.commands.proposals import overtake
from portal.screening.queries.workload import who_may_take


def claim(actor: Actor, found: Found) -> None:
    """Take a report that nobody has. Claiming what one has already is no mistake (a double click).

    Raises Conflict(owner=…, by=…, state=…) when somebody else has it or it is decided. A report whose referrer was
    asked keeps its state, so that the reply still finds its way.
    """
    if found.owner_id == actor.account_id:
        return
    if found.owner_id is not None or found.state not in OPEN:
        raise _conflict(found)
    try:
        if found.state == "sent":
            move(actor, found, "claim", owner_id=actor.account_id, claimed_at=clock.now())
        else:
            touch(found, states=OPEN, owner_id=actor.account_id, claimed_at=clock.now())
    except Conflict:
        latest = find(actor, Permission.CLAIM, found.reference)
        if latest.owner_id == actor.account_id:
            return
        raise _conflict(latest) from None
    events.record(Event.REFERRAL_CLAIMED, found.id)
    duty.acknowledge(actor, found)


def release(actor: Actor, found: Found, owner_id: UUID | None = None) -> None:
    """Give a report back to the holding area, one's own or an absent colleague's; both are recorded.

    `owner_id` is whose it was on the page: another's since is not taken from them. Raises Conflict when it changed
    meanwhile or is decided; releasing what nobody has changes nothing.
    """
    if found.state not in OPEN:
        raise _conflict(found)
    if found.owner_id is None:
        return
    if owner_id not in (None, found.owner_id):
        raise _conflict(found)
    try:
        if found.state == "screening":
            move(actor, found, "release", owner_id=None, claimed_at=None)
        else:
            touch(found, states=OPEN, owner_id=None, claimed_at=None)
    except Conflict:
        raise _conflict(find(actor, Permission.CLAIM, found.reference)) from None
    overtake(actor, found)
    events.record(Event.REFERRAL_RELEASED, found.id)


def change_priority(actor: Actor, found: Found, priority: str, why: str) -> None:
    """Give an open report another of the council's priorities, and keep what it was and why.

    Raises Invalid({"priority": "unknown"} or {"message": required, too_long, control}), Conflict when the report
    changed meanwhile. The priority that it has already changes nothing (a double click).
    """
    council = scope.current().council
    known = {one.key for one in council.settings.priorities} if council else set()
    if priority not in known:
        raise Invalid({"priority": "unknown"})
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    if priority == found.priority:
        return
    words = checked(why, MAX_NOTE)
    try:
        touch(
            found,
            states=OPEN,
            priority=priority,
            first_priority=func.coalesce(Referral.first_priority, Referral.priority),
        )
    except Conflict:
        raise _conflict(find(actor, Permission.SCREEN, found.reference)) from None
    insert_note(actor, found, words, kind="priority", was=found.priority, became=priority)
    events.record(Event.PRIORITY_CHANGED, found.id, was=found.priority, now=priority)


def give(actor: Actor, found: Found, heir_id: UUID, words: str, *, owner_id: UUID | None) -> None:
    """Give an open report to a colleague who may take it, whoever has it now, with words for them ("" for none).

    `owner_id` is whose it was on the page (None: nobody's): another's since is not taken from them. Giving what the
    colleague has already changes nothing. Raises Invalid({"heir": "unknown"} or {"message": too_long, control}) and
    Conflict.
    """
    if heir_id not in who_may_take(found):
        raise Invalid({"heir": "unknown"})
    if found.owner_id == heir_id:
        return
    if found.state not in OPEN or found.owner_id != owner_id:
        raise _conflict(found)
    told = checked(words, MAX_NOTE) if words.strip() else ""
    values = {"owner_id": heir_id, "claimed_at": clock.now()}
    try:
        if found.state == "sent":
            move(actor, found, "claim", **values)
        else:
            touch(found, states=OPEN, **values)
    except Conflict:
        raise _conflict(find(actor, Permission.CLAIM, found.reference)) from None
    insert_note(actor, found, told, kind="given", given_to=heir_id)
    events.record(Event.WORK_HANDED_OVER, found.id)
    duty.acknowledge(actor, found)


def _conflict(latest: Found) -> Conflict:
    return Conflict("the report has changed", state=latest.state, owner=latest.owner_name, by=latest.owner_name)
