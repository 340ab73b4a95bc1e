"""Recovery when the telephone and the codes are gone: somebody who knows the person rings them back first."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth import councils
from portal.auth.models import CallBack
from portal.auth.queries import call_backs
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor, Council

LIFE: Final = timedelta(days=3)
# Whoever can read or change much: their colleagues have a day to notice what they did not ask for.
COOL_OFF: Final = timedelta(hours=24)


def record(actor: Actor, membership_id: UUID) -> None:
    """Let a person set up signing in anew: the actor has rung them back on a number that was known before. An account
    is one person's everywhere, so those who look after them in other councils are told.

    Recorded twice is once. Raises NotFound when the actor may not know of the membership.
    """
    found = call_backs.person(actor, membership_id)
    council = scope.current().council
    if found is None or council is None:
        raise NotFound
    if found.open:
        return
    now = clock.now()
    staff = _tell_elsewhere(found.account_id, council) or found.council_staff
    usable = now + (COOL_OFF if staff else timedelta(0))
    db.session().execute(
        insert(CallBack).values(
            tenant_id=council.id,
            id=uuid4(),
            account_id=found.account_id,
            recorded_by=actor.account_id,
            recorded_at=now,
            usable_at=usable,
            expires_at=usable + LIFE,
        )
    )
    events.record(Event.CALL_BACK_RECORDED, membership_id)
    jobs.enqueue("auth.tell_call_back", account_id=found.account_id, event_id=uuid4())


def _tell_elsewhere(account_id: UUID, here: Council) -> bool:
    """Tell every other council where the person works; whether they are one's own staff."""
    staff = False
    for council in councils.everyone():
        if council.id == here.id:
            continue
        with councils.within(council):
            for one in call_backs.live(account_id):
                staff = staff or one.council_staff
                events.record(Event.CALL_BACK_ELSEWHERE, one.membership_id)
                jobs.enqueue("auth.tell_call_back_elsewhere", membership_id=one.membership_id, event_id=uuid4())
    return staff
