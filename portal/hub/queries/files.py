"""The files of a hub's messages, for whoever may read the messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from portal.auth.models import Account
from portal.files import queries as stored_files
from portal.files.models import StoredFile
from portal.files.states import HARMFUL, REFUSED
from portal.hub.models import HubFile, HubMessage
from portal.hub.queries import Room, readable
from portal.hub.sides import COUNCIL
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.referrals.queries.attachments import Attached


def of_room(room: Room, side: UUID) -> tuple[Attached, ...]:
    """The files of its messages in the order in which they came; `side` is the reader's agency, or COUNCIL."""
    return _found(room, side, HubFile.room_id == room.id)


def find_file(room: Room, side: UUID, file_id: UUID) -> Attached:
    """One of them; raises NotFound."""
    found = _found(room, side, HubFile.file_id == file_id)
    if not found:
        raise NotFound("no such file")
    return found[0]


def _found(room: Room, side: UUID, which: ColumnElement[bool]) -> tuple[Attached, ...]:
    query = (
        select(
            HubFile.file_id, HubFile.message_id, HubFile.agency_id, HubFile.added_at, HubFile.added_by, Account.name
        )
        .join(HubMessage, and_(HubMessage.tenant_id == HubFile.tenant_id, HubMessage.id == HubFile.message_id))
        .join(Account, Account.id == HubFile.added_by)
        .where(HubFile.tenant_id == scope.council().id, HubFile.room_id == room.id, which, readable(side))
        .order_by(HubFile.added_at, HubFile.file_id)
    )  # fmt: skip
    rows = db.session().execute(query).all()
    known = stored_files.stored(row.file_id for row in rows)
    return tuple(
        Attached(
            file=known[row.file_id],
            referral_id=room.referral_id,
            agency_id=row.agency_id or COUNCIL,
            reference=room.reference,
            message_id=row.message_id,
            side="agency" if row.agency_id else "council",
            later=True,
            added_at=row.added_at,
            added_by=row.added_by,
            added_by_name=row.name,
        )
        for row in rows
        if row.file_id in known
    )


def taken_up(room: Room) -> tuple[int, int]:
    """How many files are in a room, and how many bytes they have; those that were removed do not count."""
    query = select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.tenant_id == scope.council().id, StoredFile.hub_room_id == room.id,
        StoredFile.state.not_in((HARMFUL, REFUSED)),
    )  # fmt: skip
    number, size = db.session().execute(query).one()
    return int(number), int(size)


def has(message_id: UUID, came_as: str) -> bool:
    """Whether that message has a file with that content already."""
    on_file = and_(StoredFile.tenant_id == HubFile.tenant_id, StoredFile.id == HubFile.file_id)
    here = (HubFile.tenant_id == scope.council().id, HubFile.message_id == message_id, StoredFile.came_as == came_as)
    query: Any = select(HubFile.id).join(StoredFile, on_file).where(*here)
    return db.session().execute(query).first() is not None
