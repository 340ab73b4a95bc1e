"""Which devices a person signs in with: a new one is told to them by email."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

from sqlalchemy import Boolean, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from portal.auth.models import KnownDevice
from portal.kernel import clock, db, jobs

# xmax is nought in a row that was inserted and not updated.
_INSERTED = literal_column("xmax = 0", Boolean).label("inserted")


def note(account_id: UUID, agent: str, network: str) -> None:
    """Remember the device; tell the person when it is new and not their first."""
    mark = hashlib.sha256(f"{account_id}|{agent}|{network}".encode()).hexdigest()
    others = select(KnownDevice.mark).where(KnownDevice.account_id == account_id, KnownDevice.mark != mark).limit(1)
    has_others = db.session().execute(others).one_or_none() is not None
    values = {"account_id": account_id, "mark": mark, "seen_at": clock.now()}
    made = db.session().execute(
        insert(KnownDevice)
        .values(**values)
        .on_conflict_do_update(index_elements=["account_id", "mark"], set_={"seen_at": clock.now()})
        .returning(KnownDevice.mark, _INSERTED)
    )
    if made.one().inserted and has_others:
        jobs.enqueue("auth.tell_new_device", account_id=account_id, event_id=uuid4())
