"""What ends a transfer from outside: the report is decided otherwise, or its author withdraws it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import db, scope
from portal.kernel.scope import Actor, council_id
from portal.referrals.queries.record import Found
from portal.transfers.commands import rows
from portal.transfers.commands.offering import end_theirs
from portal.transfers.models import Transfer
from portal.transfers.states import OFFERED, OPEN, OUT, OVERTAKEN

ENDS: Final = frozenset({"decide", "withdraw", "accept_withdrawal"})


def follow(actor: Actor, found: Found, verb: str) -> None:
    """End what is on its way of a report that is closed now; whoever closed it may be somebody of an agency."""
    del actor
    if verb not in ENDS:
        return
    with db.as_system():
        query = (
            select(Transfer)
            .where(Transfer.tenant_id == council_id(), Transfer.referral_id == found.id)
            .where(Transfer.side == OUT, Transfer.state.in_(OPEN))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = db.session().execute(query).scalar_one_or_none()
        if row is None:
            return
        offered = row.state == OFFERED
        rows.end(scope.SYSTEM, row, OVERTAKEN)
        events.record(Event.TRANSFER_ENDED, found.id, transfer=str(row.id), how=OVERTAKEN)
        if offered:
            end_theirs(scope.SYSTEM, row, OVERTAKEN)
