"""Who takes part in a room: for the council everybody, with when they last read it; for partners their own agency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.queries.hub import Partner, names_of, people_of
from portal.hub.models import HubAccess, HubRoom
from portal.hub.queries import Access, Opened
from portal.kernel import db, scope
from portal.kernel.language import Text


@dataclass(frozen=True)
class Member:
    """Somebody who may read a room: since when they may, and when they last did (None: not yet, or not for the reader
    to know)."""

    name: str
    agency: Text
    since: datetime
    read_at: datetime | None = None


def everybody(referral_id: UUID, live: Sequence[Access]) -> tuple[Member, ...]:
    """The partners of every agency to which it is open and for whom it is there, for the council."""
    if not live:
        return ()
    opened = {one.agency_id: one.opened_at for one in live if not one.hidden}
    left_out, read = _left_out([one.id for one in live]), last_read(referral_id)
    return tuple(
        Member(one.name, one.agency, max(one.since, opened[one.agency_id]), read.get(one.account_id))
        for one in people_of(opened.keys())
        if one.account_id not in left_out
    )


def colleagues(found: Opened, agency_id: UUID) -> tuple[tuple[Member, ...], tuple[Text, ...]]:
    """For a partner: who reads it at their own agency, and which other agencies it is open to. When colleagues read is
    theirs and the council's to know."""
    left_out = _left_out([found.access_id])
    people: tuple[Partner, ...] = people_of({agency_id})
    open_to = select(HubRoom.open_to).where(HubRoom.tenant_id == scope.council().id, HubRoom.id == found.room.id)
    others = {one for one in db.session().execute(open_to).scalar_one() if one != agency_id}
    mine = tuple(
        Member(one.name, one.agency, max(one.since, found.opened_at))
        for one in people
        if one.account_id not in left_out
    )
    return mine, names_of(others) if others else ()


def last_read(referral_id: UUID) -> dict[UUID, datetime]:
    """When each partner last read a report's hub."""
    return {who: at for (who, _referral), at in reads({referral_id}).items()}


def reads(referral_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], datetime]:
    """When each partner last read the hub of each of these reports, as the audit has it, by person and report."""
    query = (
        select(AuditEvent.actor_id, AuditEvent.subject_id, func.max(AuditEvent.at))
        .where(
            AuditEvent.tenant_id == scope.council().id, AuditEvent.subject_id.in_(sorted(referral_ids)),
            AuditEvent.event == str(Event.HUB_READ), AuditEvent.actor_id.is_not(None),
        )
        .group_by(AuditEvent.actor_id, AuditEvent.subject_id)
    )  # fmt: skip
    rows: Any = db.session().execute(query).all()
    return {(who, referral_id): at for who, referral_id, at in rows}


def _left_out(access_ids: Sequence[UUID]) -> frozenset[UUID]:
    query = select(HubAccess.authors, HubAccess.unseen_by).where(
        HubAccess.tenant_id == scope.council().id, HubAccess.id.in_(access_ids)
    )
    rows = db.session().execute(query).all()
    return frozenset(one for authors, unseen in rows for one in (*authors, *unseen))
