"""The verdict over a file: who is asked, what is kept, and that a file without one is asked about again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, update

from portal.adapters import ports
from portal.adapters.ports import Clean, Harmful, Signatures
from portal.audit import events
from portal.audit.events import Event
from portal.files import apart, content, outcomes, queries
from portal.files.content import Damaged
from portal.files.models import StoredFile
from portal.files.queries import Stored
from portal.files.refusals import Refused
from portal.files.states import CHECKING, HARMFUL, READY, REFUSED, UNREADABLE
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Unavailable

JOB: Final = "files.scan"
STRANDED_AFTER: Final = timedelta(minutes=15)
# What an outage left is asked about as soon as the scanner is back.
AGAIN_AFTER: Final = timedelta(minutes=2)
LATE_AFTER: Final = timedelta(hours=72)
FRESH: Final = timedelta(hours=24)
"""Signatures that are older are told in the log; the setting SCANNER_DAYS says when they judge nothing any more."""
SWEEP_AT_ONCE: Final = 200
LATE: Final = "late"
"""The reason of a file that is still being checked after LATE_AFTER, once the council's administrators were told."""
_PIECE: Final = 2**18


def ask(file_id: UUID) -> None:
    """Have a complete file judged, if and only if the current transaction commits."""
    jobs.enqueue(JOB, file_id=file_id)


def judge(file_id: UUID) -> None:
    """Judge a file that is being checked, once: a second job finds it locked or judged, and does nothing.

    An outage of the store, of the scanner or of the decoders is no verdict: it is counted, and the sweeper asks again.
    """
    file = _claimed(file_id)
    if file is None:
        return
    try:
        with tempfile.TemporaryFile() as plain:
            _judge(file, plain)
    except Unavailable:
        _count_try(file_id)


def _claimed(file_id: UUID) -> Stored | None:
    query = select(StoredFile.id).where(_this(file_id), StoredFile.state == CHECKING)
    locked = db.session().execute(query.with_for_update(skip_locked=True)).scalar_one_or_none()
    return None if locked is None else queries.find(file_id)


def _judge(file: Stored, plain: BinaryIO) -> None:
    try:
        plain.writelines(queries.bytes_of(file))
    except Damaged:
        settle(file, UNREADABLE, reason="damaged")
        return
    plain.seek(0)
    verdict = ports.scanner().scan(plain)
    if isinstance(verdict, Harmful):
        _remove(file, HARMFUL, "harmful", verdict.signatures)
    elif isinstance(verdict, Clean):
        _look(file, plain, verdict.signatures)
    elif verdict.lasting:
        _remove(file, REFUSED, "too_complex")
    else:
        raise Unavailable(verdict.why)


def _look(file: Stored, plain: BinaryIO, signatures: Signatures) -> None:
    """Whether it is what it says; a picture is written anew, and only that is ever shown."""
    try:
        kind = apart.check(plain, file.name, file.declared)
        if not kind.becomes:
            settle(file, READY, kind=kind.code, signatures=signatures)
            return
        painted, kind = apart.repaint(plain, kind)
    except Refused as refusal:
        _remove(file, REFUSED, refusal.code, signatures)
        return
    with painted:
        written = content.write(file.id, file.wrapped_key, _pieces(painted))
    settle(
        file, READY, kind=kind.code, signatures=signatures,
        object_key=written.object_key, size=written.size, sha256=written.sha256, original_key=original(file),
    )  # fmt: skip


def _remove(file: Stored, state: str, reason: str, signatures: Signatures | None = None) -> None:
    """Nobody will ever open it: its bytes go with this transaction, unless the council keeps them as evidence."""
    settle(file, state, reason=reason, signatures=signatures, object_key=None, original_key=original(file))


def original(file: Stored) -> UUID | None:
    """The object to be kept beside (or instead of) what people open, where the council keeps evidence."""
    council = scope.council()
    return file.object_key if council.settings.files.keep_originals else None


def settle(
    file: Stored, state: str, *, signatures: Signatures | None = None, reason: str = "", **values: object
) -> None:
    """Write a verdict down, with what follows from it."""
    if signatures is not None:
        values |= {"signatures": signatures.version}
    values |= {"state": state, "reason": reason, "scanned_at": clock.now(), "tries": file.tries + 1}
    db.session().execute(update(StoredFile).where(_this(file.id)).values(values))
    events.record(Event.FILE_JUDGED, file.id, state=state, reason=reason)
    outcomes.follow(file.id, state)


def _count_try(file_id: UUID) -> None:
    # This transaction holds the row's lock until it is undone.
    db.rollback()
    with db.apart():
        query = update(StoredFile).where(_this(file_id), StoredFile.state == CHECKING)
        db.session().execute(query.values(tries=StoredFile.tries + 1, asked_at=clock.now()))


def ask_again(answers: bool) -> int:
    """Ask for the verdict over every file that waits for one for too long: its job was lost, or (if the scanner
    `answers`) an outage left it. Returns how many."""
    now = clock.now()
    left = and_(StoredFile.tries > 0, StoredFile.asked_at < now - AGAIN_AFTER) if answers else false()
    query = (
        select(StoredFile.id)
        .where(_waiting(), or_(StoredFile.asked_at < now - STRANDED_AFTER, left))
        .order_by(StoredFile.asked_at)
        .limit(SWEEP_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = list(db.session().execute(query).scalars())
    if found:
        stamp = update(StoredFile).where(StoredFile.tenant_id == content.council_id(), StoredFile.id.in_(found))
        db.session().execute(stamp.values(asked_at=now))
    for file_id in found:
        ask(file_id)
    return len(found)


def note_late() -> int:
    """Mark the files that wait for a verdict for three days and were not told of yet; how many."""
    query = update(StoredFile).where(
        _waiting(), StoredFile.created_at < clock.now() - LATE_AFTER, StoredFile.reason != LATE
    )
    return len(db.session().execute(query.values(reason=LATE).returning(StoredFile.id)).all())


def _this(file_id: UUID) -> ColumnElement[bool]:
    return and_(StoredFile.tenant_id == content.council_id(), StoredFile.id == file_id)


def _waiting() -> ColumnElement[bool]:
    return and_(StoredFile.tenant_id == content.council_id(), StoredFile.state == CHECKING)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
