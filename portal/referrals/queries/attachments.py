"""The files on a report: those of a report that a person may see, and one of them for whoever may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.files import queries as files
from portal.files.models import StoredFile
from portal.files.queries import Stored
from portal.files.states import ARRIVING, HARMFUL, REFUSED
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor, council_id
from portal.referrals.models import Attachment, Referral
from portal.referrals.queries.drafts import own
from portal.referrals.queries.reaching import reachable

MOST = 200
"""Files of one report that are no more (harmful, refused): any number may have been tried, and the first are shown.
Those that are there, or may come to be, are all of them: attaching lets a report have `MOST_FILES`."""
_GONE = (HARMFUL, REFUSED)
_ALSO: list[Callable[[Actor], ColumnElement[bool]]] = []


def also(open_to: Callable[[Actor], ColumnElement[bool]]) -> None:
    """Let people of a higher package have single files of sent reports: those for which `open_to(actor)` holds."""
    if open_to not in _ALSO:
        _ALSO.append(open_to)


@dataclass(frozen=True)
class Attached:
    """One file on a report. `reference` is "" while the report is a draft; `later` says that it came after sending."""

    file: Stored
    referral_id: UUID
    agency_id: UUID
    reference: str
    message_id: UUID | None
    side: str
    later: bool
    added_at: datetime
    added_by: UUID
    added_by_name: str

    @property
    def id(self) -> UUID:
        """The file's id."""
        return self.file.id


_COLUMNS = (
    Attachment.file_id, Attachment.referral_id, Attachment.agency_id, Referral.reference, Attachment.message_id,
    Attachment.side, Attachment.later, Attachment.added_at, Attachment.added_by, Account.name,
)  # fmt: skip


def of_report(actor: Actor, referral_id: UUID) -> tuple[Attached, ...]:
    """The files on a report or draft that this person may see, in the order in which they came: each that is there or
    is still being checked, and the first MOST of the others."""
    gone = StoredFile.state.in_(_GONE)
    place = func.row_number().over(partition_by=gone, order_by=(Attachment.added_at, Attachment.file_id))
    on_file = and_(StoredFile.tenant_id == Attachment.tenant_id, StoredFile.id == Attachment.file_id)
    here = (Attachment.tenant_id == council_id(), Attachment.referral_id == referral_id)
    files_there = (
        select(Attachment.file_id, gone.label("gone"), place.label("place"))
        .join(StoredFile, on_file)
        .where(*here)
        .subquery()
    )
    told = select(files_there.c.file_id).where(or_(~files_there.c.gone, files_there.c.place <= MOST))
    return _found(_may_see(actor), *here, Attachment.file_id.in_(told))


def find(actor: Actor, file_id: UUID) -> Attached:
    """One file that this person may see; raises NotFound."""
    found = _found(_may_see(actor), Attachment.file_id == file_id)
    if not found:
        raise NotFound("no such file")
    return found[0]


def _may_see(actor: Actor) -> ColumnElement[bool]:
    """A draft's files are there for whoever may open the draft, a sent report's for both sides' readers of it, and some
    for those to whom they were given."""
    sent = Referral.state != "draft"
    return or_(
        and_(own(actor), Referral.state == "draft"),
        and_(reachable(actor, Permission.TRACK), sent),
        and_(reachable(actor, Permission.LOOK), sent),
        *(and_(open_to(actor), sent) for open_to in _ALSO),
    )


def _found(*where: ColumnElement[bool]) -> tuple[Attached, ...]:
    on_report = and_(Referral.tenant_id == Attachment.tenant_id, Referral.id == Attachment.referral_id)
    query = (
        select(*_COLUMNS)
        .join(Referral, on_report)
        .join(Account, Account.id == Attachment.added_by)
        .where(Attachment.tenant_id == council_id(), *where)
        .order_by(Attachment.added_at, Attachment.file_id)
    )
    rows = db.session().execute(query).all()
    known = files.stored(row.file_id for row in rows)
    return tuple(
        Attached(
            file=known[row.file_id],
            referral_id=row.referral_id,
            agency_id=row.agency_id,
            reference=row.reference or "",
            message_id=row.message_id,
            side=row.side,
            later=row.later,
            added_at=row.added_at,
            added_by=row.added_by,
            added_by_name=row.name,
        )
        for row in rows
        if row.file_id in known
    )


def taken_up(referral_id: UUID) -> tuple[int, int]:
    """How many files are on a report, and how many bytes they have; those that were removed do not count."""
    on_file = and_(StoredFile.tenant_id == Attachment.tenant_id, StoredFile.id == Attachment.file_id)
    query = (
        select(func.count(), func.coalesce(func.sum(StoredFile.size), 0))
        .select_from(Attachment)
        .join(StoredFile, on_file)
        .where(
            Attachment.tenant_id == council_id(),
            Attachment.referral_id == referral_id,
            StoredFile.state.not_in(_GONE),
        )
    )
    number, size = db.session().execute(query).one()
    return int(number), int(size)


def same(
    referral_id: UUID, sha256: str, *, arriving_of: UUID | None = None, message_id: UUID | None = None
) -> UUID | None:
    """The file on that report (or only on that message of it) with the same content, if there is one; one that is still
    arriving only for whoever sends it."""
    here = StoredFile.state != ARRIVING
    if arriving_of is not None:
        here = or_(here, StoredFile.added_by == arriving_of)
    on_file = and_(StoredFile.tenant_id == Attachment.tenant_id, StoredFile.id == Attachment.file_id)
    on_message = Attachment.message_id == message_id if message_id is not None else true()
    on_report = and_(Attachment.tenant_id == council_id(), Attachment.referral_id == referral_id, on_message)
    query = (
        select(StoredFile.id).join(Attachment, on_file).where(on_report, StoredFile.came_as == sha256, here).limit(1)
    )
    return db.session().execute(query).scalar_one_or_none()
