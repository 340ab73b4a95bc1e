"""What somebody leaves behind goes to a colleague: drafts, and the threads of reports that are still open."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, case, func, literal, or_, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.leaving import Handover
from portal.kernel import clock, db
from portal.referrals.commands import typed
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


def _hand(account_id: UUID, agency_id: UUID | None, heir_id: UUID | None) -> None:
    """A report keeps who wrote it; a draft, which nobody has sent yet, becomes the colleague's own."""
    if agency_id is None:
        _hand_work(account_id, heir_id)
        return
    if heir_id is None:
        return
    # Whoever helped already is the author now, and helps no more.
    rest = func.array_remove(Referral.helpers, literal(heir_id, Uuid()))
    wrote = func.coalesce(Referral.first_author_id, Referral.author_id)
    first = case((Referral.state == "draft", Referral.first_author_id), else_=wrote)
    for referral_id in _changed(_theirs(account_id, agency_id), author_id=heir_id, first_author_id=first, helpers=rest):
        typed.give(referral_id, account_id, heir_id)
        events.record(Event.REFERRAL_HANDED_OVER, referral_id)


def _hand_work(account_id: UUID, heir_id: UUID | None) -> None:
    """What the heir may not see goes back to the holding area, also where whoever ends the access may not see it."""
    heir = literal(heir_id)
    listed = or_(Referral.sight.is_(None), heir == func.any(Referral.sight))
    seen = and_(listed, or_(Referral.unseen_by == [], ~(heir == func.any(Referral.unseen_by))))
    theirs = _theirs(account_id, None)
    back = case((Referral.state == "screening", "sent"), else_=Referral.state)
    with db.as_system():
        moved = _changed(and_(theirs, seen), owner_id=heir_id, claimed_at=clock.now()) if heir_id else []
        released = _changed(theirs, owner_id=None, claimed_at=None, state=back)
    for referral_id in moved:
        events.record(Event.WORK_HANDED_OVER, referral_id)
    for referral_id in released:
        events.record(Event.REFERRAL_RELEASED, referral_id)


def _changed(where: ColumnElement[bool], **values: object) -> list[UUID]:
    change = update(Referral).where(where).values(version=Referral.version + 1, **values).returning(Referral.id)
    return list(db.session().execute(change.execution_options(synchronize_session=False)).scalars())


HANDOVER = Handover(_count, _hand)
