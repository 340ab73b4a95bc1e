"""Files that were still being checked when a parcel went: once all are judged, they follow in a parcel of their own."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, select, update

from portal.adapters.ports import Parcel as Sent
from portal.audit import events
from portal.audit.events import Event
from portal.files.models import StoredFile
from portal.files.states import READY
from portal.handover.commands.rows import QUIETLY, change, make
from portal.handover.models import Parcel
from portal.handover.queries.contents import AWAITED
from portal.handover.states import DELIVERED, FILES
from portal.kernel import clock, db, scope

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
    go, and the others never do."""
    if not row.awaits:
        return
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
