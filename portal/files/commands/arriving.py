"""A file that comes in parts: each is kept sealed as it comes, twice is once, and the last makes the file whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.adapters import ports
from portal.files import content
from portal.files.commands import judging, keeping
from portal.files.models import FilePart, GoneObject, StoredFile
from portal.files.queries import Stored
from portal.files.states import ARRIVING, CHECKING
from portal.kernel import clock, crypto, db
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor
from portal.tenants import vault

# Bytes of every part but the last: small enough to be lost and sent again.
PART: Final = 2**20


def begin(actor: Actor, agency_id: UUID, *, name: str, declared: str, size: int, sha256: str) -> UUID:
    """Make room for a file of exactly so many bytes, with that digest if one is given; its id.

    Raises Invalid (file: empty).
    """
    if size < 1:
        raise Invalid({"file": "empty"})
    new = keeping.new_file()
    keeping.new_row(actor, agency_id, new, name, declared, state=ARRIVING, size=size, sha256=sha256)
    return new.id


def parts_of(size: int) -> int:
    """How many parts a file of so many bytes has."""
    return -(-size // PART)


def missing(file: Stored) -> int:
    """The number of the first part that has not come, counted from 0; `parts_of(file.size)` when all have."""
    here = set(db.session().execute(select(FilePart.number).where(*_of(file))).scalars())
    return next(number for number in range(parts_of(file.size) + 1) if number not in here)


def _of(file: Stored) -> tuple[ColumnElement[bool], ...]:
    return (FilePart.tenant_id == content.council_id(), FilePart.file_id == file.id)


def take(file: Stored, number: int, piece: bytes) -> None:
    """Keep one part. One that has come already changes nothing.

    Raises Invalid (file: part) for a part that this file has not, or of another length; Conflict when the file is
    whole or gone; Unavailable, when the store is away.
    """
    if not 0 <= number < parts_of(file.size) or len(piece) != min(PART, file.size - number * PART):
        raise Invalid({"file": "part"})
    tenant, part_id = content.council_id(), uuid4()
    known = select(FilePart.id).where(*_of(file), FilePart.number == number)
    if db.session().execute(known).first():
        return
    key = vault.record_key(file.wrapped_key, content.TABLE, file.id)
    ports.store().put(content.path(part_id), [crypto.seal(key, piece, _place(file.id, number))])
    # A file that is whole, or thrown away, meanwhile takes no part any more.
    live = select(StoredFile.id).where(
        StoredFile.tenant_id == tenant, StoredFile.id == file.id, StoredFile.state == ARRIVING
    )
    if db.session().execute(live.with_for_update(read=True)).first() is None:
        raise Conflict("the file does not arrive any more")
    row = {"tenant_id": tenant, "id": part_id, "file_id": file.id, "agency_id": file.agency_id}
    statement = insert(FilePart).values(**row, number=number, size=len(piece))
    kept = statement.on_conflict_do_nothing(index_elements=["tenant_id", "file_id", "number"]).returning(FilePart.id)
    if db.session().execute(kept).first() is None:
        # The same part came twice at once: this copy is nobody's.
        db.session().add(GoneObject(tenant_id=tenant, id=part_id, gone_at=clock.now()))
    touched = update(StoredFile).where(StoredFile.tenant_id == tenant, StoredFile.id == file.id)
    db.session().execute(touched.values(asked_at=clock.now()).execution_options(synchronize_session=False))


def _place(file_id: UUID, number: int) -> bytes:
    return crypto.place(content.council_id(), "file_part", file_id, number)


def pieces(file: Stored) -> Iterator[bytes]:
    """The parts opened, in their order; raises content.Damaged when one is not what was put into the store."""
    query = select(FilePart.id, FilePart.number).where(*_of(file)).order_by(FilePart.number)
    key = vault.record_key(file.wrapped_key, content.TABLE, file.id)
    for part_id, number in db.session().execute(query).all():
        try:
            sealed = b"".join(ports.store().get(content.path(part_id)))
            yield crypto.unseal(key, sealed, _place(file.id, number))
        except (ports.NoObject, crypto.CannotOpen):
            raise content.Damaged from None


def finish(file: Stored, plain: Iterator[bytes], kind: str = "") -> bool:
    """Make the file whole, to be checked, out of its bytes; its parts go. False when somebody else did just before.

    Raises Invalid (file: part) when they are not those whose digest was promised; Unavailable, when the store is away.
    """
    tenant = content.council_id()
    this = (StoredFile.tenant_id == tenant, StoredFile.id == file.id, StoredFile.state == ARRIVING)
    if db.session().execute(select(StoredFile.id).where(*this).with_for_update()).first() is None:
        return False
    written = content.write(file.id, file.wrapped_key, plain, file.size)
    if file.sha256 not in ("", written.sha256):
        raise Invalid({"file": "part"})
    whole = update(StoredFile).where(*this)
    db.session().execute(
        whole.values(
            kind=kind,
            size=written.size,
            sha256=written.sha256,
            came_as=written.sha256,
            object_key=written.object_key,
            state=CHECKING,
            asked_at=clock.now(),
        ).execution_options(synchronize_session=False)
    )
    db.session().execute(delete(FilePart).where(*_of(file)))
    judging.ask(file.id)
    return True
