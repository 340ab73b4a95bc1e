"""What was proposed on a report, and what became of it; for the council only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.auth.models import Account
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Actor
from portal.referrals.models import Referral
from portal.referrals.queries.reaching import reachable
from portal.referrals.queries.record import Found, record_of
from portal.screening.given import Change, Given, from_text
from portal.screening.models import Proposal

_by, _settler = aliased(Account), aliased(Account)


@dataclass(frozen=True)
class Proposed:
    """A proposed decision; `result` is "" while it waits, `words` say why it was sent back."""

    id: UUID
    given: Given
    change: Change | None
    proposed_by_id: UUID
    proposed_by: str
    proposed_at: datetime
    result: str
    settled_by: str
    settled_at: datetime | None
    words: str


def latest(actor: Actor, found: Found, permission: Permission = Permission.LOOK) -> Proposed | None:
    """The last proposal on that report, open or settled; None where there is none."""
    query = (
        select(
            Proposal.id, Proposal.given, Proposal.seen, Proposal.proposed_by, _by.name.label("by"),
            Proposal.proposed_at, Proposal.result, _settler.name.label("settler"), Proposal.settled_at, Proposal.words,
        )
        .join(Referral, Referral.id == Proposal.referral_id)
        .join(_by, _by.id == Proposal.proposed_by)
        .outerjoin(_settler, _settler.id == Proposal.settled_by)
        .where(reachable(actor, permission), Proposal.referral_id == found.id)
        .order_by(Proposal.settled_at.is_(None).desc(), Proposal.proposed_at.desc(), Proposal.id)
        .limit(1)
    )  # fmt: skip
    row = db.session().execute(query).one_or_none()
    return None if row is None else _proposed(found, row)


def open_proposal(actor: Actor, found: Found) -> Proposed | None:
    """The one that waits, None where none does."""
    last = latest(actor, found, Permission.DECIDE)
    return last if last is not None and not last.result else None


def _proposed(found: Found, row: Any) -> Proposed:
    record = record_of(found)
    given, change = from_text(record.open(row.given, "proposal", row.id, "given"), row.seen, row.id)
    return Proposed(
        id=row.id,
        given=given,
        change=change,
        proposed_by_id=row.proposed_by,
        proposed_by=row.by,
        proposed_at=row.proposed_at,
        result=row.result or "",
        settled_by=row.settler or "",
        settled_at=row.settled_at,
        words=record.open(row.words, "proposal", row.id, "words") if row.words else "",
    )


def known(found: Found, proposal_id: UUID) -> str | None:
    """What became of that very proposal on that report ("open" while it waits), None where there is none."""
    query = select(Proposal.id, Proposal.result).where(Proposal.referral_id == found.id, Proposal.id == proposal_id)
    row = db.session().execute(query).one_or_none()
    return None if row is None else row.result or "open"
