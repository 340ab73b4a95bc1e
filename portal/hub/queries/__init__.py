"""The hub of a report, for the council and for each agency to which it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select, true
from sqlalchemy.orm import aliased

from portal.auth.models import Account, Agency
from portal.auth.policy import Permission, Reach, reach
from portal.hub.models import HubAccess, HubMessage, HubRoom
from portal.hub.sharing import Shared, from_text
from portal.hub.sides import COUNCIL
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.language import Text
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found
from portal.tenants import vault

MOST_LISTED: Final = 100
_opener, _taker, _changer = aliased(Account), aliased(Account), aliased(Account)


@dataclass(frozen=True)
class Room:
    """The hub of one report, and what seals it."""

    id: UUID
    referral_id: UUID
    reference: str
    form_key: str
    wrapped_key: bytes

    @property
    def record(self) -> vault.Record:
        """What seals and opens the words of this room."""
        return vault.Record("hub_room", self.id, self.wrapped_key)


@dataclass(frozen=True)
class Access:
    """An agency to which it was opened; `withdrawn_at` is None while it is open, `read_at` until somebody read it as it
    is now. `corrections` is how many corrections of the report it has taken in, `kept_why` one of sides.KEPT or ""."""

    id: UUID
    agency_id: UUID
    agency: Text
    what: str
    shared: Shared
    opened_by: str
    opened_at: datetime
    read_at: datetime | None
    hidden: bool
    withdrawn_by: str
    withdrawn_at: datetime | None
    corrections: int
    changed_by: str
    changed_at: datetime | None
    kept_why: str
    kept_at: datetime | None


@dataclass(frozen=True)
class Said:
    """One message; `agency` is None for the council, `new` says that the reader's side had not read it, `held_at` (for
    the council) since when no partner reads it but its own agency's."""

    id: UUID
    author_id: UUID
    author: str
    agency: Text | None
    text: str
    sent_at: datetime
    new: bool
    held_at: datetime | None = None
    released_at: datetime | None = None


@dataclass(frozen=True)
class Opened:
    """A report that is open to the reader's agency, with how many messages are new to it. In a list `shared` is only
    what the list needs."""

    room: Room
    access_id: UUID
    what: str
    shared: Shared
    opened_at: datetime
    read_at: datetime | None
    changed_at: datetime | None
    kept_at: datetime | None
    new: int
    last_at: datetime | None


_ROOM = (HubRoom.id, HubRoom.referral_id, HubRoom.reference, HubRoom.form_key, HubRoom.wrapped_key)


def room_of(actor: Actor, permission: Permission, found: Found) -> Room | None:
    """The hub of a report for the council; None before anybody opened it, and for somebody beyond whose reach it is."""
    query = (
        select(*_ROOM)
        .join(Referral, and_(Referral.tenant_id == HubRoom.tenant_id, Referral.id == HubRoom.referral_id))
        .where(reachable(actor, permission), HubRoom.referral_id == found.id)
    )
    row: Any = db.session().execute(query).one_or_none()
    return Room(*row) if row is not None else None


def accesses(room: Room) -> tuple[Access, ...]:
    """Every agency to which it was opened, the first first."""
    query = (
        select(
            HubAccess.id, HubAccess.agency_id, Agency.name.label("agency"), HubAccess.what, HubAccess.shared,
            _opener.name.label("opened_by"), HubAccess.opened_at, HubAccess.read_at, HubAccess.hidden,
            func.coalesce(_taker.name, "").label("withdrawn_by"), HubAccess.withdrawn_at, HubAccess.corrections,
            func.coalesce(_changer.name, "").label("changed_by"), HubAccess.changed_at,
            func.coalesce(HubAccess.kept_why, "").label("kept_why"), HubAccess.kept_at,
        )
        .join(Agency, Agency.id == HubAccess.agency_id)
        .join(_opener, _opener.id == HubAccess.opened_by)
        .outerjoin(_taker, _taker.id == HubAccess.withdrawn_by)
        .outerjoin(_changer, _changer.id == HubAccess.changed_by)
        .where(HubAccess.tenant_id == scope.council().id, HubAccess.room_id == room.id)
        .order_by(HubAccess.opened_at, HubAccess.id)
    )  # fmt: skip
    record = room.record
    return tuple(
        Access(**{**row, "shared": from_text(record.open(row["shared"], "hub_access", row["id"], "shared"))})
        for row in db.session().execute(query).mappings()
    )


def thread(room: Room, side: UUID) -> tuple[Said, ...]:
    """The messages in the order in which they were sent, for a partner without those of others that are held; `side` is
    the reader's agency, or COUNCIL. That their own is held only the council is told."""
    query = (
        select(
            HubMessage.id, HubMessage.author_id, Account.name, Agency.name, HubMessage.body, HubMessage.sent_at,
            _unread(side), HubMessage.held_at, HubMessage.released_at,
        )
        .join(Account, Account.id == HubMessage.author_id)
        .outerjoin(Agency, Agency.id == HubMessage.agency_id)
        .where(HubMessage.tenant_id == scope.council().id, HubMessage.room_id == room.id, readable(side))
        .order_by(HubMessage.sent_at, HubMessage.id)
    )  # fmt: skip
    record, rows = room.record, db.session().execute(query).all()
    found: Sequence[Any] = rows
    return tuple(
        Said(
            one,
            by,
            name,
            agency,
            record.open(body, "hub_message", one, "body"),
            at,
            new,
            *(last if side == COUNCIL else ()),
        )
        for one, by, name, agency, body, at, new, *last in found
    )


def opened(actor: Actor) -> tuple[Opened, ...]:
    """What is open to the partner's agency, at most MOST_LISTED and one more: what is new first, then the last news.

    No answers are opened: a list has a line of its own of each.
    """
    listed = case((HubAccess.listed.is_(None), HubAccess.shared), else_=HubAccess.listed)
    rows: Sequence[Any] = db.session().execute(_opened(actor, HubAccess.listed.is_(None), listed)).all()
    return tuple(_one(*row) for row in rows)


def find_opened(actor: Actor, reference: str) -> Opened:
    """The report with that reference, if it is open to the partner's agency and there for them; raises NotFound."""
    query = _opened(actor, true(), HubAccess.shared).where(HubRoom.reference == reference.upper())
    row: Any = db.session().execute(query).first()
    if row is None:
        raise NotFound("nothing in the hub")
    return _one(*row)


def _opened(actor: Actor, whole: ColumnElement[bool], told: Any) -> Select[*tuple[Any, ...]]:
    """What is open to a partner: `told` is what is opened of each, all of it where `whole`."""
    here = and_(HubMessage.tenant_id == HubRoom.tenant_id, HubMessage.room_id == HubRoom.id)
    side = actor.agency_id or COUNCIL
    there = and_(here, readable(side))
    new = select(func.count()).select_from(HubMessage).where(there, _unread(side)).correlate(HubRoom).scalar_subquery()
    last = select(func.max(HubMessage.sent_at)).where(there).correlate(HubRoom).scalar_subquery()
    return (
        select(
            *_ROOM, HubAccess.id, HubAccess.what, whole, told, HubAccess.opened_at, HubAccess.read_at,
            HubAccess.changed_at, HubAccess.kept_at, new.label("new"),
            func.greatest(last, HubAccess.changed_at).label("last_at"),
        )
        .join(HubAccess, and_(HubAccess.tenant_id == HubRoom.tenant_id, HubAccess.room_id == HubRoom.id))
        .where(_open_to(actor), HubRoom.tenant_id == scope.council().id)
        .order_by(
            (HubAccess.read_at.is_(None) | (new > 0)).desc(),
            func.coalesce(func.greatest(last, HubAccess.changed_at), HubAccess.opened_at).desc(),
        )
        .limit(MOST_LISTED + 1)
    )  # fmt: skip


def _one(*row: Any) -> Opened:
    room, (access_id, what, whole, told, *rest) = Room(*row[: len(_ROOM)]), row[len(_ROOM) :]
    column = "shared" if whole else "listed"
    return Opened(room, access_id, what, from_text(room.record.open(told, "hub_access", access_id, column)), *rest)


def _open_to(actor: Actor) -> ColumnElement[bool]:
    """The accesses of a partner: what the database's own wall says, once more."""
    if reach(actor, Permission.HUB) is not Reach.COUNCIL or actor.agency_id is None:
        return literal(value=False)
    me = literal(actor.account_id)
    return and_(
        HubAccess.agency_id == actor.agency_id,
        HubAccess.withdrawn_at.is_(None),
        ~HubAccess.hidden,
        ~func.coalesce(me == func.any(HubAccess.authors), False),
        ~func.coalesce(me == func.any(HubAccess.unseen_by), False),
    )


def readable(side: UUID) -> ColumnElement[bool]:
    """The messages that are there for that side: what the database's own wall says, once more. What is held stays with
    the agency that wrote it."""
    return HubMessage.held_at.is_(None) | (HubMessage.agency_id == side) if side != COUNCIL else true()


def _unread(side: UUID) -> ColumnElement[bool]:
    return ~(literal(side) == func.any(HubMessage.read_by))


def open_count() -> ColumnElement[Any]:
    """To how many agencies a report is open, beside the report itself."""
    here = (HubAccess.tenant_id == Referral.tenant_id, HubAccess.referral_id == Referral.id)
    query = select(func.count()).select_from(HubAccess).where(*here, HubAccess.withdrawn_at.is_(None))
    return query.correlate(Referral).scalar_subquery()


def new_count() -> ColumnElement[Any]:
    """How many messages in its hub the council has not read, beside the report itself."""
    here = (HubMessage.tenant_id == Referral.tenant_id, HubMessage.referral_id == Referral.id)
    query = select(func.count()).select_from(HubMessage).where(*here, _unread(COUNCIL))
    return query.correlate(Referral).scalar_subquery()
