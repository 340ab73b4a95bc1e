"""The lists of the holding area that somebody kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.kernel import db
from portal.kernel.scope import Actor
from portal.screening.models import SavedList


@dataclass(frozen=True)
class Kept:
    """One list: its name and the arguments of its address."""

    id: UUID
    name: str
    address: Mapping[str, Any]


def lists(actor: Actor) -> tuple[Kept, ...]:
    """One's own lists, by name."""
    query = (
        select(SavedList.id, SavedList.name, SavedList.address)
        .where(SavedList.account_id == actor.account_id)
        .order_by(SavedList.name)
    )
    return tuple(Kept(*row) for row in db.session().execute(query))
