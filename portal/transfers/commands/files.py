"""The files of a report that was accepted come one by one: read at the other council, sealed anew here, and checked."""

from __future__ import annotations

import tempfile
from typing import BinaryIO, cast
from uuid import UUID

from sqlalchemy import func, literal, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.agency_types import UNLISTED_ID
from portal.files.content import Damaged
from portal.files.queries import bytes_of, find
from portal.files.states import CHECKING, READY, UNREADABLE
from portal.kernel import db, scope
from portal.kernel.errors import Invalid, NotFound, Unavailable
from portal.kernel.scope import Actor, council_id
from portal.referrals.commands.attaching import Paper, Target, attach_along, be_patient
from portal.referrals.models import Attachment
from portal.transfers.across import across
from portal.transfers.commands import rows
from portal.transfers.models import Transfer
from portal.transfers.states import ACCEPTED, IN, OUT


def bring(transfer_id: UUID, file_id: UUID, *, late: bool = False) -> None:
    """Bring one file, run by the system in the receiver's scope; `late` is one that was passed on afterwards: here it
    is news, as if a referrer had added it. Twice is once; a file that is gone, damaged or too large here is noted as
    missing. Raises Unavailable when a store is away, or the file is being checked anew: the job comes again."""
    be_patient()
    # Not locked while it is fetched: whoever passes something on meanwhile would wait for the whole file.
    row = db.session().get(Transfer, (council_id(), transfer_id), populate_existing=True)
    if row is None:
        raise NotFound("no such transfer")
    if not _waits(row, file_id):
        return
    with tempfile.TemporaryFile() as plain:
        try:
            name, declared, kind = _read(row, file_id, cast("BinaryIO", plain))
            row = rows.lock(transfer_id)
            if not _waits(row, file_id) or row.referral_id is None:
                return
            target = Target(row.referral_id, UNLISTED_ID, "agency" if late else "council", later=late)
            # Who accepted it has put it on the report: the row wants somebody.
            by = Actor(account_id=row.settled_by or UUID(int=0), role="system", state="active", system=True)
            attach_along(by, target, Paper(name, declared, cast("BinaryIO", plain), kind))
        except (Damaged, Invalid, NotFound):
            if not _waits(rows.lock(transfer_id), file_id):
                return
            _settle(transfer_id, file_id, missing=True)
            events.record(Event.TRANSFER_FILE_MISSING, row.referral_id, file=str(file_id))
            return
    _settle(transfer_id, file_id, missing=False)


def _waits(row: Transfer, file_id: UUID) -> bool:
    return row.side == IN and row.state == ACCEPTED and row.referral_id is not None and file_id in row.files_left


def _read(row: Transfer, file_id: UUID, into: BinaryIO) -> tuple[str, str, str]:
    """The plain bytes of a file that the other council has sent to this one; its name, declared type and kind."""
    receiver = scope.council().id
    with across(row.other_id):
        sent = (
            select(Transfer.id)
            .join(Attachment, Attachment.referral_id == Transfer.referral_id)
            .where(
                Transfer.tenant_id == council_id(), Transfer.id == row.id, Transfer.side == OUT,
                Transfer.state == ACCEPTED, Transfer.other_id == receiver, literal(file_id) == func.any(Transfer.sent),
                Attachment.tenant_id == council_id(), Attachment.file_id == file_id,
            )
        )  # fmt: skip
        file = find(file_id)
        if db.session().execute(sent).first() is None:
            raise NotFound("not sent")
        if file.state in (CHECKING, UNREADABLE):
            # It is looked at once more there, or its store is away.
            raise Unavailable("not now")
        if file.state != READY:
            raise NotFound("nobody may open it")
        into.writelines(bytes_of(file))
        return file.name, file.declared, file.kind


def _settle(transfer_id: UUID, file_id: UUID, *, missing: bool) -> None:
    values = {"files_left": func.array_remove(Transfer.files_left, file_id)}
    if missing:
        values["files_missing"] = func.array_append(Transfer.files_missing, file_id)
    db.session().execute(
        update(Transfer)
        .where(Transfer.tenant_id == council_id(), Transfer.id == transfer_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
