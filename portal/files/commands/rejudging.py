"""Files that are ready are looked at again with newer signatures: what an older one missed is removed, and told."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import BinaryIO, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from portal.adapters import ports
from portal.adapters.ports import Clean, Harmful
from portal.files import content, queries
from portal.files.commands import judging
from portal.files.content import Damaged
from portal.files.models import StoredFile
from portal.files.queries import Stored
from portal.files.states import FOUND_LATER, HARMFUL, READY, UNREADABLE
from portal.kernel import clock, db
from portal.kernel.errors import Unavailable

# One that could not be looked at has its turn again the next night.
AGAIN_AFTER: Final = timedelta(hours=6)

_young = [timedelta(days=30)]


def look_at_files_of(days: int) -> None:
    """Choose how old a file may be to be looked at again (app.py and tests only); 0 looks at none again."""
    _young[:] = [timedelta(days=days)]


def next_one(version: str) -> bool:
    """Look again at one file of the council in scope that was found good with other signatures than `version`.

    False when there is none left. What cannot be looked at to its end stays as it was judged, and waits for a later
    run; so does everything while the store or the scanner is away, and then Unavailable is raised.
    """
    now, file = clock.now(), StoredFile
    query = (
        select(file.id)
        .where(
            file.tenant_id == content.council_id(),
            file.state == READY,
            file.signatures != version,
            file.created_at > now - _young[0],
            file.asked_at < now - AGAIN_AFTER,
        )
        .order_by(file.created_at.desc(), file.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    file_id = db.session().execute(query).scalar_one_or_none()
    if file_id is None:
        return False
    try:
        with tempfile.TemporaryFile() as plain:
            _look(queries.find(file_id), plain)
    except Unavailable:
        # Whatever the trouble is, this file does not stand before all others in the next run.
        db.rollback()
        with db.apart():
            _stamp(file_id, asked_at=clock.now())
        raise
    return True


def _look(file: Stored, plain: BinaryIO) -> None:
    try:
        plain.writelines(queries.bytes_of(file))
    except Damaged:
        judging.settle(file, UNREADABLE, reason="damaged")
        return
    plain.seek(0)
    verdict = ports.scanner().scan(plain)
    if isinstance(verdict, Harmful):
        kept = judging.original(file) and (file.original_key or file.object_key)
        judging.settle(
            file, HARMFUL, reason=FOUND_LATER, signatures=verdict.signatures, object_key=None, original_key=kept
        )
    elif isinstance(verdict, Clean):
        _stamp(file.id, signatures=verdict.signatures.version, scanned_at=clock.now())
    elif verdict.lasting:
        _stamp(file.id, asked_at=clock.now())
    else:
        raise Unavailable(verdict.why)


def _stamp(file_id: UUID, **values: object) -> None:
    db.session().execute(update(StoredFile).where(_this(file_id)).values(values))


def _this(file_id: UUID) -> ColumnElement[bool]:
    return and_(StoredFile.tenant_id == content.council_id(), StoredFile.id == file_id)
