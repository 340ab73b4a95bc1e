"""What no row needs any more: which objects, and that they are deleted."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from portal.files import content
from portal.files.models import GoneObject
from portal.kernel import db

BATCH = 200


def gone(most: int = BATCH) -> list[UUID]:
    """The keys of at most so many objects whose rows went."""
    query = select(GoneObject.id).where(GoneObject.tenant_id == content.council_id())
    return list(db.session().execute(query.order_by(GoneObject.gone_at).limit(most)).scalars())


def forget(keys: Sequence[UUID]) -> None:
    """Take objects that are not in the store any more off the list; twice is once."""
    mine = GoneObject.tenant_id == content.council_id()
    db.session().execute(delete(GoneObject).where(mine, GoneObject.id.in_(keys)))
