"""Stored files. Who may see one is decided by what it hangs on: callers come with ids that a person may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.files import content
from portal.files.content import Damaged
from portal.files.models import StoredFile
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.tenants import vault


@dataclass(frozen=True)
class Stored:
    """A file as it is known: its name opened, its bytes in the store. `size` is of the plain bytes."""

    id: UUID
    agency_id: UUID
    added_by: UUID
    created_at: datetime
    name: str
    kind: str
    declared: str
    size: int
    sha256: str
    state: str
    reason: str
    object_key: UUID | None
    original_key: UUID | None
    wrapped_key: bytes
    scanned_at: datetime | None
    signatures: str
    tries: int


def stored(file_ids: Iterable[UUID]) -> dict[UUID, Stored]:
    """The files with those ids that are there."""
    ids = list(file_ids)
    if not ids:
        return {}
    query = select(StoredFile).where(StoredFile.tenant_id == content.council_id(), StoredFile.id.in_(ids))
    return {row.id: _stored(row) for row in db.session().execute(query).scalars()}


def find(file_id: UUID) -> Stored:
    """One file; raises NotFound."""
    found = stored([file_id]).get(file_id)
    if found is None:
        raise NotFound("no such file")
    return found


def _stored(row: StoredFile) -> Stored:
    record = vault.Record(content.TABLE, row.id, row.wrapped_key)
    return Stored(
        id=row.id,
        agency_id=row.agency_id,
        added_by=row.added_by,
        created_at=row.created_at,
        name=record.open(row.name, content.TABLE, row.id, "name"),
        kind=row.kind,
        declared=row.declared,
        size=row.size,
        sha256=row.sha256,
        state=row.state,
        reason=row.reason,
        object_key=row.object_key,
        original_key=row.original_key,
        wrapped_key=row.wrapped_key,
        scanned_at=row.scanned_at,
        signatures=row.signatures,
        tries=row.tries,
    )


def bytes_of(file: Stored) -> Iterator[bytes]:
    """The file's plain bytes in pieces, whatever its state: for checking, and for who asked whether it may be opened.

    Raises content.Damaged when the store has not what was put into it, and Unavailable.
    """
    if file.object_key is None:
        raise Damaged
    return content.read(file.id, file.wrapped_key, file.object_key, file.sha256)
