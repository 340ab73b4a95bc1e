"""What became of a draft that somebody knew and cannot open any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import NotFound
from portal.kernel.scope import Actor
from portal.referrals.models import DraftEnd, Referral
from portal.referrals.queries.reaching import reachable


@dataclass(frozen=True)
class Ending:
    """What became of it (one of models.DRAFT_ENDS) and when; the reference where the person sent it themselves."""

    what: str
    at: datetime | None
    reference: str = ""


def ending_of(actor: Actor, draft_id: UUID) -> Ending:
    """What this person may know of a draft that is not there for them; raises NotFound for everybody else."""
    council = scope.current().council
    here = council.id if council else None
    query = select(Referral.state, Referral.sent_at, Referral.reference, Referral.expires_on).where(
        reachable(actor, Permission.RECEIPT), Referral.tenant_id == here, Referral.id == draft_id
    )
    row = db.session().execute(query).one_or_none()
    if row is not None and row.state != "draft":
        return Ending("sent", row.sent_at, row.reference)
    if row is not None and row.expires_on is not None and row.expires_on < clock.today():
        # Before the night in which it is deleted.
        return Ending("expired", None)
    kept = select(DraftEnd.what, DraftEnd.ended_at).where(
        DraftEnd.tenant_id == here, DraftEnd.draft_id == draft_id, DraftEnd.account_id == actor.account_id
    )
    found = db.session().execute(kept).one_or_none()
    if found is None:
        raise NotFound("no such draft")
    return Ending(found.what, found.ended_at)
