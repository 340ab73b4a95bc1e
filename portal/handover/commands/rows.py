"""What every command on parcels begins with: the council, one parcel locked, changed, or made."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from portal.audit import events
from portal.audit.events import Event
from portal.handover.models import Parcel
from portal.kernel import clock, db, jobs, scope
from portal.kernel.scope import Council

JOB: Final = "handover.send"
QUIETLY: Final = {"synchronize_session": False}


def locked(parcel_id: UUID) -> Parcel | None:
    """The parcel as it is, locked until the end of the transaction."""
    query = select(Parcel).where(Parcel.tenant_id == scope.council().id, Parcel.id == parcel_id).with_for_update()
    return db.session().execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def change(row: Parcel, **values: Any) -> None:
    """Change a locked parcel; whoever sent it has no part in it any more."""
    nothing: dict[str, Any] = {"lease": None, "leased_until": None, "version": Parcel.version + 1}
    changed = update(Parcel).where(Parcel.tenant_id == row.tenant_id, Parcel.id == row.id).values(nothing | values)
    db.session().execute(changed.execution_options(**QUIETLY))


def make(council: Council, referral_id: UUID, decision_id: UUID, event: str, *, by_hand: bool) -> None:
    """A parcel that waits, with its job; of a decision there is one, besides those of files that were checked later."""
    now = clock.now()
    statement = (
        upsert(Parcel)
        .values(
            tenant_id=council.id, id=uuid4(), referral_id=referral_id, decision_id=decision_id, event=event,
            created_at=now, since=now, next_try_at=None if by_hand else now, by_hand=by_hand,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "decision_id"], index_where=text("event <> 'files'"))
        .returning(Parcel.id)
    )  # fmt: skip
    parcel_id = db.session().execute(statement).scalar_one_or_none()
    if parcel_id is None:
        return
    events.record(Event.PARCEL_MADE, referral_id, about=event)
    if not by_hand:
        jobs.enqueue(JOB, parcel_id=parcel_id)
