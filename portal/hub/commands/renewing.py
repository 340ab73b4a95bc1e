"""Sharing a report anew, as it is now, with every agency to which it is open; each of its versions is kept."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.hub import telling
from portal.hub.commands.opening import state_of
from portal.hub.commands.rows import sealed
from portal.hub.models import HubAccess, HubFormer
from portal.hub.queries import Access, Room, accesses, room_of
from portal.hub.queries.sources import shared_now, source
from portal.hub.sharing import Shared
from portal.hub.sides import ANEW
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden
from portal.kernel.scope import Actor
from portal.referrals.queries.record import Found


def share_anew(actor: Actor, found: Found, seen: int) -> int:
    """Share the report as it is now with every agency to which it is open and that has not got it so; how many there
    are. Their partners are told that there is news; the question stays. Twice is once.

    `seen` is how many corrections its page knew. Raises Forbidden for somebody who may only read, and Conflict when the
    report is restricted, was corrected meanwhile, or is open to nobody.
    """
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    if state_of(found).sight is not None:
        raise Conflict("restricted", state=found.state)
    room = room_of(actor, Permission.ASK, found)
    live = live_of(room) if room else []
    if room is None or not live:
        raise Conflict("open to nobody", state=found.state)
    of = source(actor, Permission.ASK, found)
    if seen != len(of.versions) - 1:
        raise Conflict("corrected meanwhile", state=found.state)
    behind = [one for one in live if one.corrections < seen]
    for one in behind:
        known = {"corrections": seen, "read_at": None, "changed_at": clock.now(), "changed_by": actor.account_id}
        replace(room, one, shared_now(of, one), ANEW, **known)
        events.record(Event.HUB_RENEWED, found.id, agency=str(one.agency_id))
    if behind:
        agencies = {one.agency_id for one in behind}
        readers = [one for one in telling.readers(found.id) if one.agency_id in agencies]
        telling.tell_partners(actor, telling.partners(readers), found.id)
    return len(behind)


def live_of(room: Room) -> list[Access]:
    """The accesses that are open, locked until the transaction ends, as they are then."""
    here = (HubAccess.tenant_id == scope.council().id, HubAccess.room_id == room.id, HubAccess.withdrawn_at.is_(None))
    db.session().execute(select(HubAccess.id).where(*here).order_by(HubAccess.id).with_for_update())
    return [one for one in accesses(room) if one.withdrawn_at is None]


def replace(room: Room, access: Access, now: Shared, why: str, **values: object) -> None:
    """Put what an agency sees in the place of what it saw, which is kept for the council."""
    made: UUID = uuid4()
    db.session().execute(
        insert(HubFormer).values(
            tenant_id=scope.council().id, id=made, referral_id=room.referral_id, access_id=access.id, why=why,
            shared=room.record.seal(access.shared.text(), "hub_former", made, "shared"), ended_at=clock.now(),
        )
    )  # fmt: skip
    change(access, **sealed(room, access.id, now), **values)


def change(access: Access, **values: object) -> None:
    """Change columns of an access."""
    db.session().execute(
        update(HubAccess)
        .where(HubAccess.tenant_id == scope.council().id, HubAccess.id == access.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
