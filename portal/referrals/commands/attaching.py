"""Put files on a report and take them off a draft: sending it never waits for any of this."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import BinaryIO, Final, ParamSpec, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import case, delete, func, select, text, update

from portal.audit import events
from portal.audit.events import Event
from portal.files import apart, names
from portal.files.commands import arriving, keeping
from portal.files.models import StoredFile
from portal.files.refusals import Refused
from portal.files.states import ARRIVING
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, Unavailable
from portal.kernel.scope import Actor
from portal.referrals import states
from portal.referrals.commands import notices
from portal.referrals.models import Attachment, Referral
from portal.referrals.queries.attachments import Attached, same, taken_up
from portal.tenants.file_settings import Files

MOST_FILES: Final = 50
ABANDONED_AFTER: Final = timedelta(hours=24)
PART: Final = arriving.PART
Asked = ParamSpec("Asked")
Done = TypeVar("Done")
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


@dataclass(frozen=True)
class Coming:
    """What is promised of a file that comes in parts; `sha256` in hexadecimal, "" where the browser cannot tell."""

    name: str
    declared: str
    size: int
    sha256: str = ""


@dataclass(frozen=True)
class Paper:
    """A file as it was chosen; `kind` is what `kind_of` said of it."""

    name: str
    declared: str
    file: BinaryIO
    kind: str = ""


def _apart(act: Callable[Asked, Done]) -> Callable[Asked, Done]:
    """In a transaction of its own: what is wrong with one file, or with the rest of a page, undoes no other file."""

    @wraps(act)
    def alone(*asked: Asked.args, **named: Asked.kwargs) -> Done:
        with db.apart():
            return act(*asked, **named)

    return alone


def limits() -> Files:
    """How large files may be in this council."""
    found: Files = scope.council().settings.files
    return found


def be_patient() -> None:
    """Looking into files and storing them takes longer than a page may stay idle otherwise."""
    db.session().execute(PATIENCE)


def kind_of(name: str, declared: str, file: BinaryIO) -> str:
    """What a file is, by a first look into it; "" when there was no time for one, and its check will say.

    Raises Invalid (file: a code of files.refusals) for one that is not taken.
    """
    try:
        return apart.check(file, name, declared).code
    except Refused as refused:
        raise Invalid({"file": refused.code}) from None
    except Unavailable:
        return ""


@_apart
def attach(actor: Actor, target: Target, paper: Paper) -> UUID:
    """`attach_along` in a transaction of its own."""
    return attach_along(actor, target, paper)


def attach_along(actor: Actor, target: Target, paper: Paper) -> UUID:
    """Keep a file, to be checked, and put it on the report together with what else this transaction does; its id. The
    same content twice on a report, or on one message, is one file.

    Raises Invalid (file: empty, too_large, report_full, too_many) and Unavailable, when the store is away.
    """
    came_as, size = digest(paper.file)
    if not size:
        raise Invalid({"file": "empty"})
    be_patient()
    take_turns(target.referral_id)
    if there := same(target.referral_id, came_as, message_id=target.message_id):
        return there
    _must_fit(target, size)
    file_id = keeping.keep(
        actor, target.agency_id, pieces(paper.file),
        name=names.cleaned(paper.name), declared=paper.declared, most=limits().most, kind=paper.kind,
    )  # fmt: skip
    _link(actor, target, file_id)
    _tell(actor, target, file_id)
    return file_id


@_apart
def begin(actor: Actor, target: Target, coming: Coming) -> UUID:
    """Make room on the report for a file that comes in parts; its id. A file that is there already, or the person's
    own upload of it that broke off, is gone on with.

    Raises Invalid (file: empty, too_large, report_full, too_many).
    """
    take_turns(target.referral_id)
    if coming.sha256 and (there := same(target.referral_id, coming.sha256, arriving_of=actor.account_id)):
        return there
    _must_fit(target, coming.size)
    file_id = arriving.begin(
        actor, target.agency_id,
        name=names.cleaned(coming.name), declared=coming.declared, size=coming.size, sha256=coming.sha256,
    )  # fmt: skip
    _link(actor, target, file_id)
    return file_id


@_apart
def take(actor: Actor, attached: Attached, number: int, piece: bytes) -> int:
    """Keep one part of the person's own upload; the number of the next that is missing.

    Raises Invalid (file: part), Conflict for what does not arrive any more, and Unavailable.
    """
    if attached.file.state != ARRIVING or attached.added_by != actor.account_id:
        raise Conflict("not arriving")
    arriving.take(attached.file, number, piece)
    return arriving.missing(attached.file)


def gather(attached: Attached, plain: BinaryIO) -> None:
    """Write all parts of an upload one after the other; raises files.content.Damaged and Unavailable."""
    plain.writelines(arriving.pieces(attached.file))


def missing(actor: Actor, attached: Attached) -> int:
    """The number of the first part of the person's own upload that has not come. Raises Conflict for what does not
    arrive any more."""
    if attached.file.state != ARRIVING or attached.added_by != actor.account_id:
        raise Conflict("not arriving")
    return arriving.missing(attached.file)


def parts_of(attached: Attached) -> int:
    """How many parts an upload has."""
    return arriving.parts_of(attached.file.size)


@_apart
def finish(actor: Actor, attached: Attached, target: Target, plain: BinaryIO, kind: str = "") -> None:
    """All parts have come: the file is whole, to be checked. Twice is once. Raises Unavailable."""
    be_patient()
    if arriving.finish(attached.file, pieces(plain), kind):
        _tell(actor, target, attached.id)


@_apart
def remove(actor: Actor, attached: Attached) -> None:
    """Take a file off a draft, or give an upload of one's own up. Twice is once.

    Raises Conflict for a file of a report that was sent: what the other side may have read stays.
    """
    own_upload = attached.file.state == ARRIVING and attached.added_by == actor.account_id
    if attached.reference and not own_upload:
        raise Conflict("the report was sent", state="sent")
    statement = delete(Attachment).where(Attachment.tenant_id == scope.council().id, Attachment.file_id == attached.id)
    gone = db.session().execute(statement.returning(Attachment.id).execution_options(synchronize_session=False))
    if gone.scalar_one_or_none() is not None and attached.file.state != ARRIVING:
        events.record(Event.FILE_REMOVED, attached.referral_id, file=str(attached.id))


def forget_abandoned() -> int:
    """Delete the uploads of this council of which nothing has come for a day; how many."""
    tenant, old = scope.council().id, clock.now() - ABANDONED_AFTER
    left = select(StoredFile.id).where(
        StoredFile.tenant_id == tenant, StoredFile.state == ARRIVING, StoredFile.asked_at < old
    )
    gone = delete(Attachment).where(Attachment.tenant_id == tenant, Attachment.file_id.in_(left))
    statement = gone.returning(Attachment.id).execution_options(synchronize_session=False)
    return len(db.session().execute(statement).all())


def note_opened(attached: Attached) -> None:
    """Record that a file was given out: to whom, and which, never its name."""
    events.record(Event.FILE_OPENED, attached.referral_id, file=str(attached.id))


def digest(file: BinaryIO) -> tuple[str, int]:
    """The SHA-256 (in hexadecimal) and the size of a file."""
    found, size = hashlib.sha256(), 0
    for piece in pieces(file):
        found.update(piece)
        size += len(piece)
    return found.hexdigest(), size


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file from its beginning, a piece at a time."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def take_turns(referral_id: UUID) -> None:
    """One after the other until the transaction ends: two uploads to one report at once would both find room for
    themselves. The report's row stays free: answers are saved meanwhile."""
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
            tenant_id=scope.council().id,
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
    if target.later and target.side == "agency" and target.message_id is None:
        _bring_up(target.referral_id)


def _bring_up(referral_id: UUID) -> None:
    """The report comes up in the holding area; a closed one waits there until somebody says that it was read. Its
    version stays: a decision that is being written does not have to be written again for a file."""
    now = clock.now()
    closed = Referral.state.not_in(sorted(states.OPEN))
    new_since = case((closed, func.coalesce(Referral.new_since, now)), else_=Referral.new_since)
    db.session().execute(
        update(Referral)
        .where(Referral.tenant_id == scope.council().id, Referral.id == referral_id)
        .values(queued_at=now, changed_at=now, new_since=new_since)
        .execution_options(synchronize_session=False)
    )
