"""What a notice needs to be written: who reads it, in which language, about which reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, null, select

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.files.models import StoredFile
from portal.files.states import FOUND_LATER, HARMFUL
from portal.kernel import db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor, Council
from portal.referrals.models import Attachment, Notice, NoticeChoice, Referral

FOR_MANAGERS: Final = {
    "opened": Permission.RESTRICT, "connection": Permission.RESTRICT, "unseen": Permission.RESTRICT,
    "undelivered": Permission.RESTRICT, "clock_over": Permission.LOOK,
}  # fmt: skip
"""What whoever holds the permission acts on, and administrators are told in their place where there is nobody."""


@dataclass(frozen=True)
class Choices:
    """How somebody wants their emails: one a day where it can wait, receipts, and a subject that says nothing."""

    daily: bool = False
    receipts: bool = True
    discreet: bool = False


def choices_of(actor: Actor) -> Choices:
    """What the person chose in the council in scope."""
    council = scope.current().council
    query = select(NoticeChoice.daily, NoticeChoice.receipts, NoticeChoice.discreet).where(
        NoticeChoice.tenant_id == (council.id if council else None), NoticeChoice.account_id == actor.account_id
    )
    row = db.session().execute(query).one_or_none()
    return Choices(*row) if row else Choices()


@dataclass(frozen=True)
class ToTell:
    """A notice with its reader. Of the report it knows the reference and when it came, and nothing else."""

    id: UUID
    kind: str
    email: str
    language: str
    reference: str
    sent_at: datetime | None
    # Of what practice managers are told: who reads it in their place, "admin" or "contact" (nobody who can sign in).
    stands_in: str = ""
    discreet: bool = False
    """The subject says nothing: whoever reads over a shoulder learns nothing."""
    opened: bool = False
    """Of something harmful: it was found late, and somebody may have opened it."""
    answer_by: datetime | None = None
    """Of a question that waits: until when its answer is wanted."""


_DUE: list[Callable[[], ColumnElement[Any]]] = []


def asked(due: Callable[[], ColumnElement[Any]]) -> None:
    """Say in emails about a question until when the answer is wanted: `due()` is a scalar subquery correlated to
    `Referral`, of a package that knows of questions."""
    _DUE[:] = [due]


def _answer_by() -> ColumnElement[Any]:
    waits = and_(Notice.kind.in_(("question", "reminder")), Referral.state == "asked")
    return case((waits, _DUE[0]())) if _DUE else null()


def to_tell(notice_id: UUID) -> ToTell:
    """One notice of the council in scope, for the job that sends it; raises NotFound."""
    chosen = and_(NoticeChoice.tenant_id == Notice.tenant_id, NoticeChoice.account_id == Notice.account_id)
    report = and_(Referral.tenant_id == Notice.tenant_id, Referral.id == Notice.referral_id)
    query = (
        select(
            Notice.id,
            Notice.kind,
            func.coalesce(Account.email, Notice.mailbox).label("email"),
            Account.language,
            Referral.language.label("written_in"),
            Referral.author_id,
            Notice.account_id,
            Referral.reference,
            Referral.sent_at,
            func.coalesce(NoticeChoice.discreet, False).label("discreet"),
            _answer_by().label("answer_by"),
        )
        .join(Account, Account.id == Notice.account_id, isouter=True)
        .join(Referral, report, isouter=True)
        .join(NoticeChoice, chosen, isouter=True)
        .where(Notice.id == notice_id)
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such notice")
    # Without a choice of their own, the author reads the language that they wrote in.
    own = row.written_in if row.account_id == row.author_id else ""
    managers = {one.account_id for one in who_may(FOR_MANAGERS[row.kind])} if row.kind in FOR_MANAGERS else None
    stands_in = "admin" if managers is not None and row.account_id and row.account_id not in managers else ""
    language = row.language or own or ""
    return ToTell(
        row.id, row.kind, row.email, language, row.reference or "", row.sent_at, stands_in, discreet=row.discreet,
        answer_by=row.answer_by,
    )  # fmt: skip


def to_contact(council: Council, notice_id: UUID, referral_id: UUID | None) -> ToTell:
    """What the council's mailbox for security is told: of an opened report, or (None) of an ended connection.

    Raises NotFound."""
    reference = ""
    if referral_id is not None:
        query = select(Referral.reference).where(Referral.tenant_id == council.id, Referral.id == referral_id)
        reference = db.session().execute(query).scalar_one_or_none() or ""
        if not reference:
            raise NotFound("no such report")
    kind = "connection" if referral_id is None else "opened"
    return ToTell(notice_id, kind, council.settings.security_contact, "", reference, None, stands_in="contact")


def of_harmful(council: Council, notice_id: UUID, referral_id: UUID, file_id: UUID | None) -> ToTell:
    """What the council's mailbox for security is told of a harmful file, wherever it is (report, message or hub);
    without a reference of a draft, or of what is gone. `file_id` is None in jobs of an older release."""
    query = select(Referral.reference).where(Referral.tenant_id == council.id, Referral.id == referral_id)
    reference = db.session().execute(query).scalar_one_or_none() or ""
    late = _found_late(council.id, referral_id, file_id)
    to = council.settings.security_contact
    return ToTell(notice_id, "harmful_in", to, "", reference, None, stands_in="contact", opened=late)


def _found_late(council_id: UUID, referral_id: UUID, file_id: UUID | None) -> bool:
    """Whether something harmful was found in that file (else in any on the report) that could be opened before."""
    query = select(StoredFile.id).where(
        StoredFile.tenant_id == council_id, StoredFile.state == HARMFUL, StoredFile.reason == FOUND_LATER
    )
    if file_id is not None:
        query = query.where(StoredFile.id == file_id)
    else:
        on_report = and_(StoredFile.tenant_id == Attachment.tenant_id, StoredFile.id == Attachment.file_id)
        query = query.join(Attachment, on_report).where(Attachment.referral_id == referral_id)
    return db.session().execute(query.limit(1)).first() is not None
