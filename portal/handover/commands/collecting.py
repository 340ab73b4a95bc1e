"""The receiver collects a parcel's files one by one; once it has every one as it was told, the parcel has arrived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.adapters.ports import ParcelFile
from portal.audit import events
from portal.audit.events import Event
from portal.files.content import Damaged
from portal.handover.commands.outbox import deliver
from portal.handover.commands.rows import JOB, change, locked
from portal.handover.models import Parcel, ParcelCollected
from portal.handover.queries.contents import file_of, names_of
from portal.handover.states import DELIVERED, SUPERSEDED, WAITING
from portal.kernel import clock, db, jobs
from portal.kernel.errors import NotFound, Unavailable


@dataclass(frozen=True)
class Handed:
    """A file of a parcel on its way to the receiver, and its content, which whoever sends it closes."""

    parcel_id: UUID
    file: ParcelFile
    content: BinaryIO


def collect(parcel_id: UUID, name: str) -> Handed:
    """One file of a parcel, exactly as the receiver was told of it; it counts once all of it has gone: see `count`.

    A parcel that changed while it was collected is told anew at once, so that nobody has one half of before and one of
    after. Raises NotFound for a parcel that was never told or was overtaken, for a file that is not in it, and for one
    that is not what was told; Unavailable when the content cannot be had.
    """
    with db.apart(), db.as_system():
        file = _as_told(parcel_id, name)
    if file is None:
        raise NotFound("not as it was told")
    try:
        content = file.open()
    except Damaged:
        raise Unavailable("the content cannot be read") from None
    with db.apart(), db.as_system():
        # What left the house is on record, however far it came.
        events.record(Event.PARCEL_COLLECTED, _known(parcel_id).referral_id, file=file.name)
    return Handed(parcel_id, file, content)


def count(parcel_id: UUID, file: ParcelFile) -> None:
    """Count a file as collected whose last byte has gone; with the last of them the parcel has arrived. The same file
    twice is once. Raises NotFound for a parcel that was overtaken meanwhile."""
    with db.apart(), db.as_system():
        _note(parcel_id, file)


def _as_told(parcel_id: UUID, name: str) -> ParcelFile | None:
    """The file; None when it is another than was told, and what is still on its way is then told as it is now."""
    row = _known(parcel_id)
    told = row.told or {}
    if name not in told:
        raise NotFound("no such file")
    file = file_of(parcel_id, name)
    if file.sha256 == told[name]:
        return file
    if row.state == WAITING:
        change(row, next_try_at=clock.now())
        jobs.enqueue(JOB, parcel_id=row.id)
    return None


def _known(parcel_id: UUID) -> Parcel:
    row = locked(parcel_id)
    if row is None or row.state == SUPERSEDED:
        raise NotFound("no such parcel")
    return row


def _note(parcel_id: UUID, file: ParcelFile) -> None:
    row, now = _known(parcel_id), clock.now()
    if (row.told or {}).get(file.name) != file.sha256:
        # Told anew while it was read.
        return
    noted = upsert(ParcelCollected).values(
        tenant_id=row.tenant_id, id=uuid4(), referral_id=row.referral_id, parcel_id=row.id, name=file.name,
        sha256=file.sha256, at=now,
    )  # fmt: skip
    key = ["tenant_id", "parcel_id", "name"]
    db.session().execute(noted.on_conflict_do_update(index_elements=key, set_={"at": now, "sha256": file.sha256}))
    if row.state != DELIVERED and _has_all(row):
        deliver(row, "push", now)


def _has_all(row: Parcel) -> bool:
    """Whether every file that was told, and is still there, was collected as it was told since it was first sent."""
    here = (ParcelCollected.tenant_id == row.tenant_id, ParcelCollected.parcel_id == row.id)
    query = select(ParcelCollected.name, ParcelCollected.sha256).where(*here, ParcelCollected.at >= row.since)
    have = {(one.name, one.sha256) for one in db.session().execute(query)}
    still = names_of(row.referral_id)
    return {(name, digest) for name, digest in (row.told or {}).items() if name in still} <= have
