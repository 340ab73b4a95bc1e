"""Showing partners what was held, once somebody of the council has looked at it and says why; done once."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.hub import telling
from portal.hub.commands.opening import state_of
from portal.hub.models import HubMessage, HubRelease
from portal.hub.queries.held import find_held
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.messaging.commands.writing import checked
from portal.referrals.queries.record import Found

MAX_WHY: Final = 1000  # characters (code points)


def release(actor: Actor, found: Found, message_id: UUID, why: str, confirmed: str) -> bool:
    """Show a held message with its files to every agency to which the report is open, now or later; whether it was done
    now. Twice is once. Partners who have not read it are told that there is news.

    `confirmed` is the mark of what its page showed (`queries.held`). Raises Forbidden for somebody who may only read,
    NotFound for no such message, Invalid({"why": required, too_long, control; "confirmed": required}), and Conflict
    while the report is restricted, or once the message or what the report keeps secret is not as the page showed it.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    errors = {} if confirmed else {"confirmed": "required"}
    try:
        words = checked(why, MAX_WHY)
    except Invalid as error:
        raise Invalid(errors | {"why": error.errors["message"]}) from None
    if errors:
        raise Invalid(errors)
    # A correction that makes more secret comes before, and is seen here, or after, and holds it again.
    if state_of(found).sight is not None:
        raise Conflict("restricted", state=found.state)
    knows = _lock(found, message_id)
    room, held = find_held(actor, found, message_id)
    if held.said.held_at is None:
        return False
    if confirmed != held.mark:
        raise Conflict("not as it was shown", state=found.state)
    made, now = uuid4(), clock.now()
    db.session().execute(
        insert(HubRelease).values(
            tenant_id=scope.council().id, id=made, referral_id=found.id, message_id=message_id, released_at=now,
            released_by=actor.account_id, why=room.record.seal(words, "hub_release", made, "why"),
        )
    )  # fmt: skip
    db.session().execute(
        update(HubMessage)
        .where(HubMessage.tenant_id == scope.council().id, HubMessage.id == message_id)
        .values(held_at=None, released_at=now)
        .execution_options(synchronize_session=False)
    )
    events.record(Event.HUB_RELEASED, found.id, entry=str(message_id), values=len(held.given), files=len(held.files))
    others = [one for one in telling.readers(found.id) if one.agency_id not in knows]
    telling.tell_partners(actor, telling.partners(others), found.id)
    return True


def _lock(found: Found, message_id: UUID) -> frozenset[UUID]:
    """The agencies that wrote it or read it before it was held; of two who show it at once the second waits here, and
    finds it done."""
    query = select(HubMessage.agency_id, HubMessage.read_by).where(
        HubMessage.tenant_id == scope.council().id, HubMessage.referral_id == found.id, HubMessage.id == message_id
    )
    row = db.session().execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("no such message")
    return frozenset({row.agency_id, *row.read_by} - {None})
