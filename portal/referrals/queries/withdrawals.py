"""An author's wishes to take a report back, and what the council answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import Referral, Withdrawal
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of

_asker, _answerer = aliased(Account), aliased(Account)


@dataclass(frozen=True)
class Wish:
    """One wish; `accepted` is None while the council has not answered, `answered_by` "" for an agency and where the
    author needed nobody."""

    id: UUID
    asked_by: str
    asked_at: datetime
    reason: str
    words: str
    answered_at: datetime | None
    answered_by: str
    accepted: bool | None


def withdrawals(actor: Actor, permission: Permission, found: Found) -> tuple[Wish, ...]:
    """The wishes about a report, newest first; none for somebody beyond whose reach it is."""
    query = (
        select(
            Withdrawal.id, _asker.name.label("asker"), Withdrawal.asked_at, Withdrawal.reason, Withdrawal.words,
            Withdrawal.answered_at, _answerer.name.label("answerer"), Withdrawal.accepted,
        )
        .join(Referral, Referral.id == Withdrawal.referral_id)
        .join(_asker, _asker.id == Withdrawal.asked_by)
        .outerjoin(_answerer, _answerer.id == Withdrawal.answered_by)
        .where(reachable(actor, permission), Withdrawal.referral_id == found.id)
        .order_by(Withdrawal.asked_at.desc(), Withdrawal.id)
    )  # fmt: skip
    rows = db.session().execute(query).all()
    sees_council = reach(actor, permission) is Reach.COUNCIL
    return tuple(
        Wish(
            id=row.id,
            asked_by=row.asker,
            asked_at=row.asked_at,
            reason=row.reason,
            words=record_of(found).open(row.words, "withdrawal", row.id, "words") if row.words else "",
            answered_at=row.answered_at,
            answered_by=(row.answerer or "") if sees_council else "",
            accepted=row.accepted,
        )
        for row in rows
    )
