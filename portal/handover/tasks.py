"""Jobs of the hand-over: sending one parcel, and finding those that a lost job left."""

from __future__ import annotations

from uuid import UUID

from portal.files import outcomes
from portal.handover.commands import completing, outbox, receiving, rows, sending
from portal.kernel import jobs
from portal.referrals.commands import moving_files
from portal.screening.commands import following
from portal.tenants.each import in_each


@jobs.task(rows.JOB)
def send_parcel(parcel_id: UUID) -> None:
    """Send a parcel to the council's case system; run twice it is sent once."""
    sending.send(parcel_id)


@jobs.app.periodic(cron="* * * * *")
@jobs.app.task(name="handover.sweep", queueing_lock="handover.sweep", pass_context=False)
def sweep_parcels(timestamp: int) -> None:
    """Every minute: what is due is sent, what a killed worker held is taken back, what is too old is given up."""
    del timestamp
    in_each(_sweep, "handover.deferred")


def _sweep() -> int:
    receiving.forget()
    return outbox.sweep()


following.add(outbox.follow)
outcomes.register(completing.follow_verdict)
moving_files.add(completing.follow_move)
