"""The two-way sweep: objects that no row names, and rows whose object is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.files import content
from portal.files.models import FilePart, GoneObject, StoredFile
from portal.files.states import CHECKING, READY, UNREADABLE
from portal.kernel import db

# A request that puts an object into the store writes its row a moment later.
NAMELESS_FOR: Final = timedelta(hours=24)
SETTLED_FOR: Final = timedelta(hours=1)
MISSING: Final = "missing"
AT_ONCE: Final = 500


def nameless(keys: Iterable[UUID]) -> Iterator[UUID]:
    """Those of the council's objects that no row names."""
    rest = iter(keys)
    while some := list(islice(rest, AT_ONCE)):
        named = _named(some)
        yield from (key for key in some if key not in named)


def _named(keys: list[UUID]) -> set[UUID]:
    mine = StoredFile.tenant_id == content.council_id()
    files = select(StoredFile.object_key, StoredFile.original_key).where(
        mine, or_(StoredFile.object_key.in_(keys), StoredFile.original_key.in_(keys))
    )
    found = {key for row in db.session().execute(files) for key in row if key is not None}
    for table in (FilePart, GoneObject):
        query = select(table.id).where(table.tenant_id == content.council_id(), table.id.in_(keys))
        found |= set(db.session().execute(query).scalars())
    return found


def mark_missing(present: set[UUID], listed_at: datetime) -> int:
    """Mark files whose object was not in the store when it was listed; how many. Those that somebody was just adding,
    or that had just been judged, are left for the next time."""
    settled = listed_at - SETTLED_FOR
    mine = StoredFile.tenant_id == content.council_id()
    query = select(StoredFile.id, StoredFile.object_key).where(
        mine,
        StoredFile.state.in_((CHECKING, READY)),
        StoredFile.created_at < settled,
        or_(StoredFile.scanned_at.is_(None), StoredFile.scanned_at < settled),
    )
    lost = [(row.id, row.object_key) for row in db.session().execute(query) if row.object_key not in present]
    for file_id, object_key in lost:
        unchanged = (mine, StoredFile.id == file_id, StoredFile.object_key == object_key)
        db.session().execute(update(StoredFile).where(*unchanged).values(state=UNREADABLE, reason=MISSING))
        events.record(Event.FILE_JUDGED, file_id, state=UNREADABLE, reason=MISSING)
    return len(lost)
