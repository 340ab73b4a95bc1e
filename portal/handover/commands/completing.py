"""Files that were still being checked when a parcel went, or came after it: once they are judged, they follow in a
parcel of their own."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, exists, select, update

from portal.adapters.ports import Parcel as Sent
from portal.audit import events
from portal.audit.events import Event
from portal.files.models import StoredFile
from portal.files.states import READY
from portal.handover.commands.rows import QUIETLY, change, make
from portal.handover.models import Parcel
from portal.handover.queries.contents import AWAITED, ready_on
from portal.handover.states import DELIVERED, FILES, UNDELIVERED
from portal.kernel import clock, db, scope
from portal.referrals.models import Attachment
from portal.screening.models import Decision

AT_ONCE: Final = 50


def note(parcel_id: UUID, token: UUID, sent: Sent) -> None:
    """Keep what is in a parcel that is about to go, and which files it has not yet; nothing once its lease is gone."""
    mine = (Parcel.tenant_id == scope.council().id, Parcel.id == parcel_id, Parcel.lease == token)
    noted = (
        update(Parcel)
        .where(*mine)
        .values(
            told={one.name: one.sha256 for one in sent.files}, awaits=[str(one) for one in sent.awaited], lost=0,
            checked_at=None,
        )
    )  # fmt: skip
    db.session().execute(noted.execution_options(**QUIETLY))


def complete(row: Parcel) -> None:
    """Make the further parcel of a locked one that has arrived, once all that it awaits is judged: those that passed
    go, and the others never do. A file that came since it went, and passed, goes too."""
    if row.awaits:
        _complete_awaited(row)
    _follow(row)


def _complete_awaited(row: Parcel) -> None:
    council = scope.council()
    waited_for = [UUID(one) for one in row.awaits]
    query = select(StoredFile.state).where(StoredFile.tenant_id == council.id, StoredFile.id.in_(waited_for))
    states = list(db.session().execute(query).scalars())
    if any(state in AWAITED for state in states):
        return
    passed = sum(state == READY for state in states)
    change(row, awaits=[], lost=len(states) - passed, checked_at=clock.now())
    events.record(Event.PARCEL_COMPLETED, row.referral_id, passed=passed, lost=len(states) - passed)
    how = council.settings.hand_over.how
    if passed and how != "none":
        make(council, row.referral_id, row.decision_id, FILES, by_hand=how == "copy")


def follow_verdict(file_id: UUID, state: str) -> None:
    """Complete the parcels that wait for a file, in the transaction of the verdict over it."""
    if state in AWAITED:
        return
    with db.as_system():
        _complete(Parcel.awaits.contains([str(file_id)]))
        # Whoever moves it to another report just now is waited for, or waits and sees this verdict.
        mine = (Attachment.tenant_id == scope.council().id, Attachment.file_id == file_id)
        here = select(Attachment.referral_id).where(*mine).with_for_update(read=True)
        referral_id = db.session().execute(here).scalar_one_or_none()
        if referral_id is not None:
            _follow_last(Parcel.referral_id == referral_id)


def follow_move(referral_id: UUID) -> None:
    """Have files follow that passed elsewhere and are on this report now, in the transaction that moves them."""
    with db.as_system():
        _follow_last(Parcel.referral_id == referral_id)


def _follow_last(of_report: ColumnElement[bool]) -> None:
    """Have what came since follow the report's last parcel that arrived. All of them are locked: one that is being
    settled just now either has seen the verdict or is seen here as it will be."""
    query = (
        select(Parcel)
        .where(Parcel.tenant_id == scope.council().id, of_report)
        .order_by(Parcel.created_at, Parcel.id)
        .with_for_update()
    )
    rows = db.session().execute(query.execution_options(populate_existing=True)).scalars().all()
    last = next((row for row in reversed(rows) if row.state == DELIVERED), None)
    if last is not None:
        _follow(last)


def _follow(row: Parcel) -> None:
    """Make a further parcel of a decision that counts and has arrived, where the report has a file that none of its
    parcels had. One that is still on its way has it, or looks again once it has arrived."""
    council, here = scope.council(), (Parcel.tenant_id == row.tenant_id, Parcel.referral_id == row.referral_id)
    how = council.settings.hand_over.how
    query = (
        select(Parcel.state, Parcel.told, Parcel.awaits, Parcel.delivered_at)
        .join(Decision, and_(Decision.tenant_id == Parcel.tenant_id, Decision.id == Parcel.decision_id))
        .where(*here, Parcel.decision_id == row.decision_id, Decision.replaced_at.is_(None))
    )
    parcels = db.session().execute(query).all()
    settled = all(one.state not in UNDELIVERED and not one.awaits for one in parcels)
    if how == "none" or not parcels or not settled:
        return
    had = {digest for one in parcels for digest in (one.told or {}).values()}
    # Of a parcel that was copied by hand in earlier versions nobody wrote down what was in it: what was there then.
    copied = max((one.delivered_at for one in parcels if one.delivered_at and one.told is None), default=None)
    # What a further parcel would have, and nothing else: one that it leaves out would be missed for ever.
    files = ready_on(row.referral_id).values()
    if any(one.file.sha256 not in had and (copied is None or one.added_at > copied) for one in files):
        make(council, row.referral_id, row.decision_id, FILES, by_hand=how == "copy")


def complete_all() -> None:
    """Complete what nothing waits for any more: where a verdict fell while the parcel went, or a file was deleted."""
    waiting = exists(
        select(1).where(
            StoredFile.tenant_id == Parcel.tenant_id,
            StoredFile.state.in_(AWAITED),
            Parcel.awaits.has_key(cast(StoredFile.id, String)),
        )
    )
    _complete(~waiting)


def _complete(which: ColumnElement[bool]) -> None:
    mine = (Parcel.tenant_id == scope.council().id, Parcel.state == DELIVERED, Parcel.awaits != [])
    query = select(Parcel).where(*mine, which).order_by(Parcel.id).limit(AT_ONCE).with_for_update()
    for row in db.session().execute(query.execution_options(populate_existing=True)).scalars().all():
        complete(row)
