"""Families that people said they must not see."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor
from portal.referrals.connecting import Marks, Named, surname_mark, touches
from portal.referrals.models import Connection
from portal.tenants import vault

MOST: Final = 500


@dataclass(frozen=True)
class Declared:
    """What somebody said themselves."""

    first_name: str
    last_name: str
    born_on: date | None
    at: datetime | None = None
    id: UUID | None = None


@dataclass(frozen=True)
class Declaration:
    """A connection as the practice managers see it: whom it is about only once it was ended, with the reason."""

    id: UUID
    who: str
    at: datetime
    ended_at: datetime | None
    family: Declared | None
    why: str


def declared_by(actor: Actor) -> tuple[Declared, ...]:
    """The actor's own, newest first; nobody else reads them."""
    query = (
        select(Connection.id, Connection.wrapped_key, Connection.words, Connection.declared_at)
        .where(
            Connection.tenant_id == scope.council_id(),
            Connection.account_id == actor.account_id,
            Connection.ended_at.is_(None),
        )
        .order_by(Connection.declared_at.desc(), Connection.id)
    )
    return tuple(_said(row) for row in db.session().execute(query))


def _said(row: Any) -> Declared:
    record = vault.Record("connection", row.id, row.wrapped_key)
    words = json.loads(record.open(row.words, "connection", row.id, "words"))
    born = date.fromisoformat(words["born_on"]) if words["born_on"] else None
    return Declared(words["first_name"], words["last_name"], born, row.declared_at, row.id)


def ended_by(actor: Actor, connection_id: UUID) -> bool:
    """Whether that one was the actor's own, and is over."""
    query = select(Connection.id).where(
        Connection.tenant_id == scope.council_id(),
        Connection.id == connection_id,
        Connection.account_id == actor.account_id,
        Connection.ended_at.is_not(None),
    )
    return db.session().execute(query).scalar_one_or_none() is not None


def declarations(actor: Actor) -> tuple[Declaration, ...]:
    """Everybody's of the council, for those who restrict reports: the ended ones first, then the newest."""
    if reach(actor, Permission.RESTRICT) is not Reach.COUNCIL:
        raise Forbidden
    query = (
        select(Connection, Account.name)
        .join(Account, Account.id == Connection.account_id)
        .where(Connection.tenant_id == scope.council_id())
        .order_by(Connection.ended_at.desc().nulls_last(), Connection.declared_at.desc(), Connection.id)
        .limit(MOST)
    )
    return tuple(_declaration(row.Connection, row.name) for row in db.session().execute(query))


def _declaration(one: Connection, name: str) -> Declaration:
    if one.ended_at is None or one.why is None:
        return Declaration(one.id, name, one.declared_at, None, None, "")
    why = vault.Record("connection", one.id, one.wrapped_key).open(one.why, "connection", one.id, "why")
    return Declaration(one.id, name, one.declared_at, one.ended_at, _said(one), why)


def who_must_not_see(children: Iterable[Named], author_id: UUID) -> frozenset[UUID]:
    """The people who said that they must not see one of these children; never the author, who knows already."""
    known = list(children)
    marks = {mark for mark in map(surname_mark, known) if mark}
    if not marks:
        return frozenset()
    query = select(Connection.account_id, Connection.surname_mark, Connection.first_mark, Connection.born_mark).where(
        Connection.tenant_id == scope.council_id(),
        Connection.surname_mark.in_(sorted(marks)),
        Connection.ended_at.is_(None),
        Connection.account_id != author_id,
    )
    said = [Marks(*row) for row in db.session().execute(query)]
    return frozenset(one.account_id for one in said if any(touches(one, child) for child in known))
