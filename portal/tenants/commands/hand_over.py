"""A council's administrators make and end keys and secrets for their case system, and try the connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select

from portal.adapters import ports, signing, ssh_keys
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
"""Keys, and secrets, that live: the one in use, and the one that is to take its place."""
WHAT: Final[Mapping[str, str]] = {queries.SFTP: "key", queries.PUSH: "secret"}


def make_key(actor: Actor) -> None:
    """A new key pair for the file server, beside the one there is. Raises Conflict when there are two already."""
    slug, private = _here(actor), ssh_keys.new_key()
    _room(queries.SFTP)
    _keep(queries.SFTP, uuid4(), private, ssh_keys.public_of(private, f"portal-{slug}"))


def make_secret(actor: Actor, key_id: UUID) -> str:
    """A new secret for the receiver, under that id, beside the one there is: nothing says it a second time, "" for one
    that was made already. Raises Conflict when there are two."""
    _here(actor)
    _lock()
    if any(one.id == key_id for one in queries.made_keys(queries.PUSH)):
        return ""
    _room(queries.PUSH)
    made = signing.new_secret()
    _keep(queries.PUSH, key_id, made, "")
    return made


def _lock() -> None:
    """Two that are made at once must not be three: both wait for the council's own row."""
    db.session().execute(select(CouncilRow.id).where(CouncilRow.id == scope.council_id()).with_for_update())


def _room(how: str) -> None:
    _lock()
    if len(queries.made_keys(how)) >= MOST:
        raise Conflict("two live already")


def _keep(how: str, key_id: UUID, private: str, public: str) -> None:
    wrapped = vault.new_record_key(queries.TABLE, key_id)
    sealed = vault.Record(queries.TABLE, key_id, wrapped).seal(private, queries.TABLE, key_id, "private")
    db.session().execute(
        insert(CaseSystemKey).values(
            tenant_id=scope.council_id(), id=key_id, how=how, wrapped_key=wrapped, private=sealed, public=public,
            made_at=clock.now(),
        )
    )  # fmt: skip
    events.record(Event.CASE_SYSTEM_CHANGED, key_id, what=f"{WHAT[how]}_made")


def end_key(actor: Actor, key_id: UUID) -> None:
    """Forget a key or a secret: nobody proves anything with it any more. Doing it twice is once."""
    _here(actor)
    gone = delete(CaseSystemKey).where(CaseSystemKey.tenant_id == scope.council_id(), CaseSystemKey.id == key_id)
    how = db.session().execute(gone.returning(CaseSystemKey.how)).scalar_one_or_none()
    if how is not None:
        events.record(Event.CASE_SYSTEM_CHANGED, key_id, what=f"{WHAT[how]}_ended")


def try_connection(actor: Actor, settings: Handover) -> str:
    """Whether a parcel would arrive, as a code: good, none, unavailable, or why it is refused. Nothing of a report is
    sent."""
    _here(actor)
    found = _tried(settings)
    events.record(Event.CASE_SYSTEM_CHANGED, actor.account_id, what=f"tried_{found}")
    return found


def _tried(settings: Handover) -> str:
    if settings.how not in (queries.PUSH, queries.SFTP):
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


def shown_key(actor: Actor, settings: Handover) -> tuple[str, str]:
    """How asking the file server for its public key ended (good, none, unavailable, or why not), and the key, which a
    person must compare before it counts."""
    _here(actor)
    if not settings.sftp.host:
        return "no_server", ""
    try:
        server = queries.file_server(settings)
        key = server.key_of_host() if isinstance(server, ports.ShowsKey) else ""
    except ports.Declined as declined:
        return declined.reason, ""
    except Unavailable:
        return "unavailable", ""
    return ("good", key) if key else ("other", "")


def _here(actor: Actor) -> str:
    council = scope.current().council
    if council is None or reach(actor, Permission.COUNCIL) is not Reach.COUNCIL:
        raise NotFound("no council of theirs in scope")
    return council.slug
