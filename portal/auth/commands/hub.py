"""Making somebody of an agency a partner in the council's hub, and ending that."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.models import HubMember
from portal.auth.queries import colleagues
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Actor


def make_partner(actor: Actor, membership_id: UUID) -> None:
    """Let somebody of an agency take part in the hub, from their next page on. Twice is once.

    Raises NotFound for whom the actor does not look after and for the council's own people, Conflict for somebody
    whose access is suspended or over.
    """
    council, found = scope.current().council, colleagues.find(actor, membership_id)
    if council is None or found is None or found.agency_id is None:
        raise NotFound("nobody of an agency")
    if found.state != "active":
        raise Conflict("their access does not count now")
    made = db.session().execute(
        insert(HubMember)
        .values(
            tenant_id=council.id, id=uuid4(), account_id=found.account_id, agency_id=found.agency_id,
            granted_by=actor.account_id, granted_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(HubMember.id)
    )  # fmt: skip
    if made.scalar_one_or_none() is not None:
        events.record(Event.HUB_PARTNER_MADE, membership_id)
        jobs.enqueue("auth.send_changed", membership_id=membership_id)


def end_partner(actor: Actor, membership_id: UUID) -> None:
    """Let them take part no longer: from their next page on they read nothing there. Twice is once."""
    found = colleagues.find(actor, membership_id)
    if found is None or found.agency_id is None:
        raise NotFound("nobody of an agency")
    if end(found.account_id, found.agency_id, actor.account_id):
        events.record(Event.HUB_PARTNER_ENDED, membership_id)
        if found.state == "active":
            jobs.enqueue("auth.send_changed", membership_id=membership_id)


def end(account_id: UUID, agency_id: UUID, by: UUID | None) -> bool:
    """End it, if it is; whoever is let into the agency again later is not a partner by that."""
    council = scope.current().council
    ended = db.session().execute(
        update(HubMember)
        .where(
            HubMember.tenant_id == (council.id if council else None),
            HubMember.account_id == account_id,
            HubMember.agency_id == agency_id,
            HubMember.ended_at.is_(None),
        )
        .values(ended_at=clock.now(), ended_by=by)
        .returning(HubMember.id)
        .execution_options(synchronize_session=False)
    )
    return ended.scalar_one_or_none() is not None
