"""What a report comes to keep secret is taken out of its hub at once, with the correction that says so."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.hub import telling
from portal.hub.commands.renewing import change, live_of, replace
from portal.hub.models import HubFile, HubMessage
from portal.hub.queries import Access, Room, room_of
from portal.hub.queries.sources import keeps_safe, secrets_of, source_of, told_then
from portal.hub.sharing import Source, kept_secret
from portal.hub.sides import CONTACT, NAME, PLACE
from portal.kernel import clock, db, scope
from portal.kernel.scope import Actor
from portal.messaging import protecting
from portal.messaging.protecting import Protected, carried
from portal.referrals.queries.corrections import Corrected, corrections
from portal.referrals.queries.record import Found, find
from portal.referrals.withholding import keeps_places


def follow(actor: Actor, found: Found) -> None:
    """A report was corrected: what partners read follows what it keeps secret now, and the council is told why.

    The rest stays as it was shared: that is for somebody of the council to share anew.
    """
    with db.as_system():
        # As the council has it: whoever corrects sees neither the hub nor who brought the report.
        whole = find(scope.SYSTEM, Permission.ASK, found.reference)
        room = room_of(scope.SYSTEM, Permission.ASK, whole)
        made = corrections(scope.SYSTEM, Permission.ASK, whole) if room else ()
        if room and made:
            _follow(actor, room, live_of(room), whole, made)


def _follow(actor: Actor, room: Room, live: list[Access], found: Found, made: tuple[Corrected, ...]) -> None:
    of = source_of(found, made)
    new = secrets_of(found, of.versions) - secrets_of(found, of.versions[:-1])
    why = _why(of, new, made[-1])
    if not why:
        return
    # Also where it is open to nobody: whoever gets it later reads what was written before.
    held = _hold(room, new) if why != CONTACT else 0
    for one in live:
        now = kept_secret(told_then(of, made, one.corrections), one.shared, tuple(new))
        if now == one.shared and not held:
            continue
        known = {"kept_at": clock.now(), "kept_why": why}
        if now != one.shared:
            replace(room, one, now, why, **known)
        else:
            change(one, **known)
        events.record(Event.HUB_KEPT, found.id, agency=str(one.agency_id), why=why, messages=held)
        telling.tell_council(actor, found.id, one.id)


def _why(of: Source, new: Collection[Protected], last: Corrected) -> str:
    """Why something may have to be taken out (sides.KEPT), "" where it need not."""
    before, now = of.versions[-2:]
    if any(one.kind == protecting.PLACE for one in new):
        return PLACE
    if new:
        return NAME
    if keeps_places(now.triage, now.sections) and not keeps_places(before.triage, before.sections):
        return PLACE
    return CONTACT if keeps_safe(last) else ""


def _hold(room: Room, new: Collection[Protected]) -> int:
    """Keep from partners what was written and gives away what is secret now; how many messages.

    One with files goes whatever its words say: nobody here knows what is in them, and their names may say it.
    """
    filed = select(HubFile.message_id).where(HubFile.tenant_id == scope.council().id, HubFile.room_id == room.id)
    query = select(HubMessage.id, HubMessage.body, HubMessage.id.in_(filed)).where(
        HubMessage.tenant_id == scope.council().id, HubMessage.room_id == room.id, HubMessage.held_at.is_(None)
    )
    record = room.record
    rows = db.session().execute(query.with_for_update()).all()
    given = [
        one
        for one, body, with_files in rows
        if with_files or carried(record.open(body, "hub_message", one, "body"), new)
    ]
    if given:
        db.session().execute(
            update(HubMessage)
            .where(HubMessage.tenant_id == scope.council().id, HubMessage.id.in_(given))
            .values(held_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    return len(given)
