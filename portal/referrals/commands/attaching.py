"""Put files on a report and take them off a draft: sending it never waits for any of this."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, text

from portal.audit import events
from portal.audit.events import Event
from portal.files import names
from portal.files.commands import arriving, keeping
from portal.files.states import ARRIVING
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.scope import Actor
from portal.referrals.commands import notices
from portal.referrals.commands.drafts import council_of_scope
from portal.referrals.models import Attachment
from portal.referrals.queries.attachments import Attached, same, taken_up
from portal.tenants.file_settings import Files

MOST_FILES: Final = 50
# What the other side is told.
NOTICE: Final = {"agency": "file_in", "council": "file"}
_PIECE: Final = 2**18
# The store may take its time between two statements.
PATIENCE = text("set local idle_in_transaction_session_timeout = '60s'")


@dataclass(frozen=True)
class Target:
    """What files are put on: a draft, a sent report by either side, or a message of one. `tells` is who hears of it."""

    referral_id: UUID
    agency_id: UUID
    side: str
    later: bool
    message_id: UUID | None = None
    tells: UUID | None = None


def limits() -> Files:
    """How large files may be in this council."""
    found: Files = council_of_scope().settings.files
    return found


def attach(actor: Actor, target: Target, name: str, declared: str, file: BinaryIO) -> UUID:
    """Keep a file, to be checked, and put it on the report; its id. The same content twice is one file.

    Raises Invalid (file: empty, too_large, report_full, too_many) and Unavailable, when the store is away.
    """
    digest, size = _digest(file)
    if not size:
        raise Invalid({"file": "empty"})
    db.session().execute(PATIENCE)
    _take_turns(target.referral_id)
    if there := same(target.referral_id, digest):
        return there
    _must_fit(target, size)
    file_id = keeping.keep(
        actor, target.agency_id, _pieces(file), name=names.cleaned(name), declared=declared, most=limits().most
    )
    _link(actor, target, file_id)
    _tell(actor, target, file_id)
    return file_id


def begin(actor: Actor, target: Target, name: str, declared: str, size: int) -> UUID:
    """Make room on the report for a file that comes in parts; its id.

    Raises Invalid (file: empty, too_large, report_full, too_many).
    """
    _take_turns(target.referral_id)
    _must_fit(target, size)
    file_id = arriving.begin(actor, target.agency_id, name=names.cleaned(name), declared=declared, size=size)
    _link(actor, target, file_id)
    return file_id


def take(actor: Actor, attached: Attached, number: int, piece: bytes) -> int:
    """Keep one part of the person's own upload; the number of the next that is missing.

    Raises Invalid (file: part), Conflict for what does not arrive any more, and Unavailable.
    """
    if attached.file.state != ARRIVING or attached.added_by != actor.account_id:
        raise Conflict("not arriving")
    arriving.take(attached.file, number, piece)
    return arriving.missing(attached.file)


def finish(actor: Actor, attached: Attached, target: Target, plain: BinaryIO) -> None:
    """All parts have come: the file is whole, to be checked. Twice is once. Raises Unavailable."""
    db.session().execute(PATIENCE)
    if arriving.finish(attached.file, _pieces(plain)):
        _tell(actor, target, attached.id)


def remove(actor: Actor, attached: Attached) -> None:
    """Take a file off a draft, or give an upload of one's own up. Twice is once.

    Raises Conflict for a file of a report that was sent: what the other side may have read stays.
    """
    own_upload = attached.file.state == ARRIVING and attached.added_by == actor.account_id
    if attached.reference and not own_upload:
        raise Conflict("the report was sent", state="sent")
    statement = delete(Attachment).where(
        Attachment.tenant_id == council_of_scope().id, Attachment.file_id == attached.id
    )
    gone = db.session().execute(statement.returning(Attachment.id).execution_options(synchronize_session=False))
    if gone.scalar_one_or_none() is not None and attached.file.state != ARRIVING:
        events.record(Event.FILE_REMOVED, attached.referral_id, file=str(attached.id))


def note_opened(attached: Attached) -> None:
    """Record that a file was given out: to whom, and which, never its name."""
    events.record(Event.FILE_OPENED, attached.referral_id, file=str(attached.id))


def _digest(file: BinaryIO) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    for piece in _pieces(file):
        found.update(piece)
        size += len(piece)
    return found.hexdigest(), size


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _take_turns(referral_id: UUID) -> None:
    """Two uploads to one report at once would both find room for themselves. The report's row stays free: answers are
    saved meanwhile."""
    db.session().execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"files {referral_id}", 0))))


def _must_fit(target: Target, size: int) -> None:
    most = limits()
    if size > most.most:
        raise Invalid({"file": "too_large"})
    number, taken = taken_up(target.referral_id)
    if taken + size > most.report_most:
        raise Invalid({"file": "report_full"})
    if number >= MOST_FILES:
        raise Invalid({"file": "too_many"})


def _link(actor: Actor, target: Target, file_id: UUID) -> None:
    db.session().add(
        Attachment(
            tenant_id=council_of_scope().id,
            id=uuid4(),
            referral_id=target.referral_id,
            agency_id=target.agency_id,
            file_id=file_id,
            message_id=target.message_id,
            added_by=actor.account_id,
            side=target.side,
            later=target.later,
            added_at=clock.now(),
        )
    )
    db.session().flush()


def _tell(actor: Actor, target: Target, file_id: UUID) -> None:
    events.record(Event.FILE_ADDED, target.referral_id, file=str(file_id), side=target.side)
    if target.tells is not None:
        notices.tell(actor, NOTICE[target.side], target.tells, target.referral_id)
