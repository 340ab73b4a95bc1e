"""Keeping a list of the holding area to come back to: its filters and order, under a name, for one person."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.screening.models import SavedList

MAX_NAME = 60
MOST_LISTS = 20


def save_list(actor: Actor, name: str, address: Mapping[str, str]) -> None:
    """Keep the filters and the order of an address (never its place) under a name; an earlier list of that name gives
    way. Raises Invalid({"name": required, too_long, too_many}).
    """
    name = name.strip()
    if not name or len(name) > MAX_NAME:
        raise Invalid({"name": "too_long" if name else "required"})
    council = scope.council()
    mine = select(func.count()).where(SavedList.account_id == actor.account_id, SavedList.name != name)
    if db.session().execute(mine).scalar_one() >= MOST_LISTS:
        raise Invalid({"name": "too_many"})
    values = {"address": dict(address), "saved_at": clock.now()}
    statement = (
        insert(SavedList)
        .values(tenant_id=council.id, id=uuid4(), account_id=actor.account_id, name=name, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "account_id", "name"], set_=values)
        .returning(SavedList.id)
    )
    events.record(Event.LIST_SAVED, db.session().execute(statement).scalar_one())


def remove_list(actor: Actor, list_id: UUID) -> None:
    """Forget one of one's own lists; one that is gone already is no mistake."""
    statement = (
        delete(SavedList)
        .where(
            SavedList.tenant_id == scope.council().id, SavedList.account_id == actor.account_id, SavedList.id == list_id
        )
        .returning(SavedList.id)
    )
    if db.session().execute(statement).scalar_one_or_none() is not None:
        events.record(Event.LIST_REMOVED, list_id)
