"""What is held in a hub, as the council looks at it before it shows it to partners, and what it has shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.hub.models import HubRelease
from portal.hub.queries import Room, Said, room_of, thread
from portal.hub.queries.files import of_room
from portal.hub.sides import COUNCIL, said_with
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.messaging.protecting import Protected, mark
from portal.messaging.queries import given_away
from portal.referrals.queries.attachments import Attached
from portal.referrals.queries.record import Found


@dataclass(frozen=True)
class Held:
    """A message of a hub with its files and what both give away as the report is now (what is in a file nobody here
    knows); `mark` confirms just that. `said.held_at` is None once it was shown."""

    said: Said
    files: tuple[Attached, ...]
    given: tuple[Protected, ...]
    mark: str


@dataclass(frozen=True)
class Released:
    """That somebody of the council showed a held message to partners, and why."""

    message_id: UUID
    by: str
    at: datetime
    why: str


def find_held(actor: Actor, found: Found, message_id: UUID) -> tuple[Room, Held]:
    """A message of the report's hub, held or not; raises NotFound."""
    room = room_of(actor, Permission.ASK, found)
    said = next((one for one in thread(room, COUNCIL) if one.id == message_id), None) if room else None
    if room is None or said is None:
        raise NotFound("no such message")
    files = tuple(one for one in of_room(room, COUNCIL) if one.message_id == message_id)
    text = said_with(said.text, (one.file.name for one in files))
    given = given_away(actor, found, text)
    # A file that comes later is another thing to confirm, whatever its name.
    seen = said_with(text, sorted(str(one.id) for one in files))
    return room, Held(said, files, given, mark(seen, given))


def releases(room: Room, message_ids: Sequence[UUID]) -> tuple[Released, ...]:
    """Who showed these messages to partners, and why; the last first."""
    query = (
        select(HubRelease.id, HubRelease.message_id, Account.name, HubRelease.released_at, HubRelease.why)
        .join(Account, Account.id == HubRelease.released_by)
        .where(HubRelease.tenant_id == scope.council().id, HubRelease.message_id.in_(message_ids))
        .order_by(HubRelease.released_at.desc(), HubRelease.id)
    )
    record = room.record
    rows: Sequence[Any] = db.session().execute(query).all() if message_ids else ()
    return tuple(
        Released(message_id, by, at, record.open(why, "hub_release", made, "why"))
        for made, message_id, by, at, why in rows
    )
