"""The job that brings a file after a transfer, and what ends a transfer wherever commands run."""

from __future__ import annotations

from uuid import UUID

from portal.kernel import jobs
from portal.referrals.commands import alongside
from portal.transfers.commands import answering, files, overtaking, passing_on


@jobs.task(answering.FILE_JOB)
def bring_file(transfer_id: UUID, file_id: UUID) -> None:
    """Bring one file of a report that was accepted; run twice it comes once."""
    files.bring(transfer_id, file_id)


@jobs.task(passing_on.FILE_JOB)
def bring_later_file(transfer_id: UUID, file_id: UUID) -> None:
    """Bring one file that was passed on later; run twice it comes once."""
    files.bring(transfer_id, file_id, late=True)


alongside.on_move(overtaking.follow)
