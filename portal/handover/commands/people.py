"""What people do with a parcel: have it sent again, and say that they copied it by hand."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from portal.audit import events
from portal.audit.events import Event
from portal.handover.commands.completing import complete
from portal.handover.commands.rows import JOB, QUIETLY
from portal.handover.models import Parcel
from portal.handover.queries.contents import MADE, awaited_on, ready_on
from portal.handover.states import COPIED, DELIVERED, SENDING, SUPERSEDED, WAITING
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor, Council
from portal.referrals.queries.record import Found, record_of

MOST_NUMBER: Final = 60
# What case systems call a record: letters and digits with a few signs between them.
_NUMBER = re.compile(r"[^\W_](?:[\w ./:-]*[^\W_])?")


def send_again(actor: Actor, found: Found, parcel_id: UUID, version: int) -> None:
    """Have a parcel sent once more, with another twenty-four hours to try. Asked twice it is sent once.

    Raises Conflict when it is another than was seen, or the council sends nothing.
    """
    council = _check(actor, found)
    row = _locked(council, found, parcel_id)
    if council.settings.hand_over.how not in ("push", "sftp") or row.state == SUPERSEDED:
        raise Conflict("nothing to send")
    if row.state == SENDING or (row.state == WAITING and not row.by_hand and row.version == version + 1):
        return
    if row.version != version:
        raise Conflict("changed meanwhile", state=row.state)
    now = clock.now()
    _change(
        row, state=WAITING, reason=None, tries=0, since=now, next_try_at=now, by_hand=False, delivered_at=None,
        delivered_by=None,
    )  # fmt: skip
    events.record(Event.PARCEL_SENT_AGAIN, found.id)
    jobs.enqueue(JOB, parcel_id=row.id)


def say_copied(
    actor: Actor, found: Found, parcel_id: UUID, version: int, number: str, *, shown: Collection[UUID]
) -> None:
    """Say that somebody has copied a parcel into the case system, and what that calls its record. Twice is once.
    `shown` are the files that had passed when they saw them: one that passed since is theirs to copy, too.

    Raises Invalid (number: required, too_long, unknown), and Conflict when it is another than was seen, or is being
    sent just now.
    """
    council = _check(actor, found)
    number = " ".join(number.split())
    if not number or len(number) > MOST_NUMBER or not _NUMBER.fullmatch(number):
        raise Invalid({"number": "required" if not number else "too_long" if len(number) > MOST_NUMBER else "unknown"})
    row = _locked(council, found, parcel_id)
    if row.state == DELIVERED and row.delivered_by == COPIED and _number(found, row) == number:
        return
    if row.version != version or row.state in (SENDING, SUPERSEDED):
        raise Conflict("changed meanwhile", state=row.state)
    kept = record_of(found).seal(number, "parcel", row.id, "record_number")
    # What the receiver was told of the report itself stays, should it collect that all the same.
    told = {name: digest for name, digest in (row.told or {}).items() if name in MADE}
    told |= {name: one.file.sha256 for name, one in ready_on(found.id).items() if one.id in shown}
    _change(
        row, state=DELIVERED, reason=None, next_try_at=None, delivered_at=clock.now(), delivered_by=COPIED,
        copied_by=actor.account_id, record_number=kept, awaits=[str(one) for one in awaited_on(found.id)], lost=0,
        checked_at=None, told=told,
    )  # fmt: skip
    events.record(Event.PARCEL_DELIVERED, found.id, by=COPIED)
    with db.as_system():
        complete(_locked(council, found, parcel_id))


def _number(found: Found, row: Parcel) -> str:
    return record_of(found).open(row.record_number, "parcel", row.id, "record_number") if row.record_number else ""


def _check(actor: Actor, found: Found) -> Council:
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    return scope.council()


def _locked(council: Council, found: Found, parcel_id: UUID) -> Parcel:
    here = (Parcel.tenant_id == council.id, Parcel.id == parcel_id, Parcel.referral_id == found.id)
    query = select(Parcel).where(*here).with_for_update().execution_options(populate_existing=True)
    row = db.session().execute(query).scalar_one_or_none()
    if row is None:
        raise Conflict("no such parcel of this report")
    return row


def _change(row: Parcel, **values: Any) -> None:
    changed = update(Parcel).where(Parcel.tenant_id == row.tenant_id, Parcel.id == row.id)
    statement = changed.values({"version": Parcel.version + 1, **values})
    db.session().execute(statement.execution_options(**QUIETLY))
