"""What a notice needs to be written: who reads it, in which language, about which reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from portal.auth.models import Account
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.referrals.models import Notice, Referral


@dataclass(frozen=True)
class ToTell:
    """A notice with its reader. Of the report it knows the reference and when it came, and nothing else."""

    id: UUID
    kind: str
    email: str
    language: str
    reference: str
    sent_at: datetime | None


def to_tell(notice_id: UUID) -> ToTell:
    """One notice of the council in scope, for the job that sends it; raises NotFound."""
    report = and_(Referral.tenant_id == Notice.tenant_id, Referral.id == Notice.referral_id)
    query = (
        select(
            Notice.id,
            Notice.kind,
            Account.email,
            Account.language,
            Referral.language.label("written_in"),
            Referral.author_id,
            Notice.account_id,
            Referral.reference,
            Referral.sent_at,
        )
        .join(Account, Account.id == Notice.account_id)
        .join(Referral, report, isouter=True)
        .where(Notice.id == notice_id)
    )
    row = db.session().execute(query).one_or_none()
    if row is None:
        raise NotFound("no such notice")
    # Without a choice of their own, the author reads the language that they wrote in.
    own = row.written_in if row.account_id == row.author_id else ""
    return ToTell(row.id, row.kind, row.email, row.language or own or "", row.reference or "", row.sent_at)
