"""The rows of a transfer as commands change them: locked in one order, so that two people never wait for each other.

Always first the sender's report, then the sender's row, then the receiver's.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.kernel import clock, db
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Actor, council_id
from portal.referrals.models import Referral
from portal.tenants import vault
from portal.transfers.models import Transfer

GONE = {"envelope": None, "envelope_key": None}
"""What nobody needs any more once there is an answer: the sealed copy, and what opens it."""


def lock(transfer_id: UUID) -> Transfer:
    """Lock this council's side of a transfer until the transaction ends; raises NotFound."""
    query = (
        select(Transfer)
        .where(Transfer.tenant_id == council_id(), Transfer.id == transfer_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = db.session().execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("no such transfer")
    return row


def lock_report(referral_id: UUID | None) -> str:
    """The sender's report, for the rest of the transaction; its reference. Raises NotFound."""
    query = select(Referral.reference).where(Referral.tenant_id == council_id(), Referral.id == referral_id)
    reference = db.session().execute(query.with_for_update()).scalar_one_or_none()
    if reference is None:
        raise NotFound("no such report")
    return str(reference)


def change(transfer_id: UUID, was: str, **values: Any) -> None:
    """Change this council's side from the state `was`; raises Conflict when it has another by now."""
    statement = (
        update(Transfer)
        .where(Transfer.tenant_id == council_id(), Transfer.id == transfer_id, Transfer.state == was)
        .values(**values)
        .returning(Transfer.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("it has changed", state=was)


def end(actor: Actor, row: Transfer, state: str, **values: Any) -> None:
    """Settle this council's side, which is locked; the envelope and its key go. Whoever acts for the system settles it
    in nobody's name."""
    by = None if actor.system else actor.account_id
    change(row.id, row.state, state=state, settled_by=by, settled_at=clock.now(), **GONE, **values)


def seal(row: Transfer, text: str, column: str) -> bytes:
    """A text for one column of a side, with that side's own key."""
    return vault.Record("transfer", row.id, row.wrapped_key).seal(text, "transfer", row.id, column)


def said(row: Transfer) -> dict[str, Any]:
    """The words of a side, opened."""
    record = vault.Record("transfer", row.id, row.wrapped_key)
    found: dict[str, Any] = json.loads(record.open(row.words or b"", "transfer", row.id, "words"))
    return found


def only_name(row: Transfer) -> bytes:
    """What stays of the words of an offer that came to nothing: from whom it was."""
    return seal(row, json.dumps({"name": said(row)["name"]}, ensure_ascii=False), "words")
