"""Sends one parcel: taken in a transaction of its own, delivered outside any, settled in another."""

from __future__ import annotations

import time
from uuid import UUID

import structlog
from sqlalchemy import text

from portal.adapters import ports
from portal.files.content import Damaged
from portal.handover.commands import completing, outbox
from portal.handover.commands.receiver import case_system
from portal.handover.queries.contents import parcel_of
from portal.handover.states import BROKEN, DECLINED, DELIVERED, TOLD, UNAVAILABLE
from portal.kernel import db, scope
from portal.kernel.errors import NotFound, Unavailable

log = structlog.get_logger()
# What is read for the parcel waits while a slow receiver takes it; never longer than the lease.
PATIENCE = text("set local idle_in_transaction_session_timeout = '600s'")


def send(parcel_id: UUID) -> None:
    """Deliver a parcel that is due, and record how that ended; nothing if it is not due or another sends it.

    Killed after the delivery and before it was recorded, it is sent once more with the same id.
    """
    council = scope.council()
    with db.apart():
        token = outbox.lease(parcel_id)
    if token is None:
        return
    db.session().execute(PATIENCE)
    began = time.monotonic()
    outcome = _try(parcel_id, token)
    took = int((time.monotonic() - began) * 1000)
    # What was read for the parcel ends here: the next transaction must not wait for this one.
    db.rollback()
    with db.apart():
        outbox.settle(parcel_id, token, outcome, council.settings.hand_over.how, took)


def _try(parcel_id: UUID, token: UUID) -> str:
    """How one try ended, a code of states.OUTCOMES."""
    council = scope.council()
    try:
        system, parcel = case_system(council), parcel_of(parcel_id)
        # Before it goes: a receiver may collect as soon as it is told.
        with db.apart():
            completing.note(parcel_id, token, parcel)
        done = system.deliver(parcel)
    except ports.Declined as error:
        return error.reason if error.reason in DECLINED else "other"
    except Unavailable:
        return UNAVAILABLE
    except (Damaged, NotFound):
        return BROKEN
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the parcel is tried again and its try is recorded
        log.error("handover.broken", error=type(error).__name__, parcel=str(parcel_id))  # noqa: TRY400 - its words may name people
        return BROKEN
    return DELIVERED if done else TOLD
