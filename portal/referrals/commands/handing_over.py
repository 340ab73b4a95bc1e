"""What somebody leaves behind goes to a colleague: drafts, and the threads of reports that are still open."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.leaving import Handover
from portal.kernel import clock, db
from portal.referrals.models import Referral
from portal.referrals.states import OPEN


def _theirs(account_id: UUID, agency_id: UUID | None) -> ColumnElement[bool]:
    kept = (Referral.state == "draft") & (Referral.expires_on.is_(None) | (Referral.expires_on >= clock.today()))
    if agency_id is None:
        # The council's own people: what they have claimed.
        return and_(Referral.owner_id == account_id, Referral.state.in_(OPEN))
    return and_(Referral.author_id == account_id, Referral.agency_id == agency_id, kept | Referral.state.in_(OPEN))


def _count(account_id: UUID, agency_id: UUID | None) -> Mapping[str, int]:
    if agency_id is None:
        work = select(func.count()).select_from(Referral).where(_theirs(account_id, None))
        return {"work": db.session().execute(work).scalar_one()}
    drafts = func.count().filter(Referral.state == "draft")
    row = db.session().execute(select(drafts, func.count()).where(_theirs(account_id, agency_id))).one()
    return {"drafts": row[0], "reports": row[1] - row[0]}


def _hand(account_id: UUID, agency_id: UUID | None, heir_id: UUID) -> None:
    """A report keeps who wrote it; a draft, which nobody has sent yet, becomes the colleague's own."""
    if agency_id is None:
        _move(account_id, None, owner_id=heir_id, claimed_at=clock.now())
        return
    wrote = func.coalesce(Referral.first_author_id, Referral.author_id)
    first = case((Referral.state == "draft", Referral.first_author_id), else_=wrote)
    _move(account_id, agency_id, author_id=heir_id, first_author_id=first)


def _move(account_id: UUID, agency_id: UUID | None, **values: object) -> None:
    changed = update(Referral).where(_theirs(account_id, agency_id)).values(version=Referral.version + 1, **values)
    moved = db.session().execute(changed.returning(Referral.id))
    for referral_id in moved.scalars():
        events.record(Event.REFERRAL_HANDED_OVER, referral_id)


HANDOVER = Handover(_count, _hand)
