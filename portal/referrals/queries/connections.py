"""Families that people said they must not see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.connecting import Marks, Named, surname_mark, touches
from portal.referrals.models import Connection
from portal.tenants import vault


@dataclass(frozen=True)
class Declared:
    """What somebody said themselves."""

    first_name: str
    last_name: str
    born_on: date | None
    at: datetime | None = None


def council_id() -> UUID:
    """The council in scope."""
    council = scope.current().council
    if council is None:
        raise NotFound("no council in scope")
    return council.id


def declared_by(actor: Actor) -> tuple[Declared, ...]:
    """The actor's own, newest first; nobody else reads them."""
    query = (
        select(Connection.id, Connection.wrapped_key, Connection.words, Connection.declared_at)
        .where(
            Connection.tenant_id == council_id(),
            Connection.account_id == actor.account_id,
            Connection.ended_at.is_(None),
        )
        .order_by(Connection.declared_at.desc(), Connection.id)
    )
    found = []
    for row in db.session().execute(query):
        record = vault.Record("connection", row.id, row.wrapped_key)
        words = json.loads(record.open(row.words, "connection", row.id, "words"))
        born = date.fromisoformat(words["born_on"]) if words["born_on"] else None
        found.append(Declared(words["first_name"], words["last_name"], born, row.declared_at))
    return tuple(found)


def who_must_not_see(children: Iterable[Named], author_id: UUID) -> frozenset[UUID]:
    """The people who said that they must not see one of these children; never the author, who knows already."""
    known = list(children)
    marks = {mark for mark in map(surname_mark, known) if mark}
    if not marks:
        return frozenset()
    query = select(Connection.account_id, Connection.surname_mark, Connection.first_mark, Connection.born_mark).where(
        Connection.tenant_id == council_id(),
        Connection.surname_mark.in_(sorted(marks)),
        Connection.ended_at.is_(None),
        Connection.account_id != author_id,
    )
    said = [Marks(*row) for row in db.session().execute(query)]
    return frozenset(one.account_id for one in said if any(touches(one, child) for child in known))
