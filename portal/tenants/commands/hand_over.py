"""A council's administrators make and end the portal's keys for their file server, and try the connection."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select

from portal.adapters import ports, ssh_keys
from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, NotFound, Unavailable
from portal.kernel.scope import Actor
from portal.tenants import vault
from portal.tenants.handover_settings import Handover
from portal.tenants.models import CaseSystemKey, CouncilRow
from portal.tenants.queries import hand_over as queries

MOST: Final = 2
"""Keys that live: the one in use, and the one that is to take its place."""


def make_key(actor: Actor) -> None:
    """A new key pair, beside the one there is. Raises Conflict when there are two already."""
    slug = _here(actor)
    # Two that are made at once must not be three: both wait for the council's own row.
    db.session().execute(select(CouncilRow.id).where(CouncilRow.id == vault.council_id()).with_for_update())
    if len(queries.made_keys()) >= MOST:
        raise Conflict("two keys live already")
    key_id, private = uuid4(), ssh_keys.new_key()
    wrapped = vault.new_record_key(queries.TABLE, key_id)
    sealed = vault.Record(queries.TABLE, key_id, wrapped).seal(private, queries.TABLE, key_id, "private")
    db.session().execute(
        insert(CaseSystemKey).values(
            tenant_id=vault.council_id(), id=key_id, wrapped_key=wrapped, private=sealed,
            public=ssh_keys.public_of(private, f"portal-{slug}"), made_at=clock.now(),
        )
    )  # fmt: skip
    events.record(Event.CASE_SYSTEM_CHANGED, key_id, what="key_made")


def end_key(actor: Actor, key_id: UUID) -> None:
    """Forget a key: the portal proves itself with it no more. Doing it twice is once."""
    _here(actor)
    gone = delete(CaseSystemKey).where(CaseSystemKey.tenant_id == vault.council_id(), CaseSystemKey.id == key_id)
    if db.session().execute(gone.returning(CaseSystemKey.id)).one_or_none() is not None:
        events.record(Event.CASE_SYSTEM_CHANGED, key_id, what="key_ended")


def try_connection(actor: Actor, settings: Handover) -> str:
    """Whether a parcel would arrive, as a code: good, none, unavailable, or why it is refused. Nothing of a report is
    sent."""
    _here(actor)
    found = _tried(settings)
    events.record(Event.CASE_SYSTEM_CHANGED, actor.account_id, what=f"tried_{found}")
    return found


def _tried(settings: Handover) -> str:
    if settings.how != "sftp":
        return "none"
    try:
        system = queries.case_system(settings)
        if isinstance(system, ports.CanBeTried):
            system.check()
    except ports.Declined as declined:
        return declined.reason
    except Unavailable:
        return "unavailable"
    return "good"


def _here(actor: Actor) -> str:
    council = scope.current().council
    if council is None or reach(actor, Permission.COUNCIL) is not Reach.COUNCIL:
        raise NotFound("no council of theirs in scope")
    return council.slug
