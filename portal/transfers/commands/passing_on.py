"""What came in to the sender after its report was accepted goes to the report that it became: chosen, and once each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import func, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import db, jobs, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Actor, Council, council_id
from portal.messaging.commands.touching import lock, tell, touch
from portal.messaging.commands.writing import write
from portal.referrals.queries.record import Found, find
from portal.transfers.across import across, other
from portal.transfers.commands import rows
from portal.transfers.commands.keeping import keep
from portal.transfers.models import Transfer
from portal.transfers.queries import transfers
from portal.transfers.queries.keeping import Kept, kept_now
from portal.transfers.queries.lately import Later, not_sent, passed_on
from portal.transfers.states import ACCEPTED, IN, OUT

FILE_JOB = "transfers.bring_later_file"


class Passed(NamedTuple):
    """What went: words by the message that they are of, and files; what the report keeps secret by now."""

    words: dict[UUID, str]
    files: list[UUID]
    kept: Kept


def pass_on(actor: Actor, found: Found, transfer_id: UUID, chosen: Collection[UUID]) -> int:
    """Pass messages and files of the referrer's side on to the council that has the report now: there they are late
    information, and the report waits until somebody has read it. What went before does not go again; how many went.

    Raises Invalid (things: required, unknown), Forbidden, and Conflict when this was not accepted, the other council
    has left, its report is there no more, or is open to everybody there while this one is restricted.
    """
    if reach(actor, Permission.DECIDE) is not Reach.COUNCIL or found.reads_only(actor):
        raise Forbidden("decides nothing")
    found = find(actor, Permission.DECIDE, rows.lock_report(found.id))
    row = rows.lock(transfer_id)
    if row.referral_id != found.id or row.side != OUT or row.state != ACCEPTED:
        raise Conflict("it was not accepted", state=found.state)
    receiver = other(row.other_id)
    if receiver is None:
        raise Conflict("the other council has left", state=found.state)
    going = _going(actor, found, transfer_id, set(chosen), receiver)
    if not going:
        return 0
    kept, language = kept_now(actor, Permission.DECIDE, found), receiver.languages[0]
    passed = Passed(
        {one.id: passed_on(one, language, nameless=kept.names) for one in going if one.text},
        [one.id for one in going if not one.text],
        kept,
    )
    sender = scope.council()
    _add(row, [one.id for one in going])
    _hand_over(row, passed, sender, closed=found.sight is not None)
    _record(Event.TRANSFER_PASSED_ON, found.id, row, passed, receiver)
    return len(going)


def _going(actor: Actor, found: Found, transfer_id: UUID, chosen: set[UUID], receiver: Council) -> Sequence[Later]:
    if not chosen:
        raise Invalid({"things": "required"})
    # Under the lock: what somebody else has passed on a moment ago is among what went.
    one = transfers.one(actor, transfer_id)
    waits = not_sent(actor, found, one, receiver.languages[0])
    if chosen - {each.id for each in waits} - set(one.sent):
        raise Invalid({"things": "unknown"})
    return [each for each in waits if each.id in chosen]


def _hand_over(row: Transfer, passed: Passed, sender: Council, *, closed: bool) -> None:
    try:
        with across(row.other_id):
            theirs = rows.lock(row.id)
            if theirs.side != IN or theirs.state != ACCEPTED:
                raise Conflict("they have it no more")
            there = find(scope.SYSTEM, Permission.SCREEN, rows.lock_report(theirs.referral_id))
            if closed and there.sight is None:
                raise Conflict("theirs is open to everybody")
            keep(theirs, there, passed.kept)
            _write(theirs, there, passed)
            _add(theirs, [*passed.words, *passed.files], files_left=passed.files)
            for file_id in passed.files:
                jobs.enqueue(FILE_JOB, transfer_id=row.id, file_id=file_id)
            _record(Event.TRANSFER_CAME_LATER, there.id, row, passed, sender)
    except NotFound:
        raise Conflict("they have it no more") from None


def _write(theirs: Transfer, there: Found, passed: Passed) -> None:
    """Late information on the report there; its owner is told once. A file brings the report up itself when it has
    come."""
    locked = lock(there)
    # In the name of whoever accepted it: an account of the sender on the receiver's rows would leave with that council.
    by = Actor(account_id=theirs.settled_by or UUID(int=0), role="system", state="active", system=True)
    for message_id, words in passed.words.items():
        write(by, there, "agency", words, uuid5(theirs.id, str(message_id)), kind="addition")
        touch(there, locked)
        events.record(Event.INFORMATION_ADDED, there.id)
    tell(scope.SYSTEM, there, locked)


def _add(row: Transfer, sent: list[UUID], files_left: Sequence[UUID] = ()) -> None:
    """Note what goes, once each; of the receiver, too, that these files are on their way, again where one was missing
    before."""
    new = [one for one in sent if one not in row.sent]
    db.session().execute(
        update(Transfer)
        .where(Transfer.tenant_id == council_id(), Transfer.id == row.id)
        .values(
            sent=func.array_cat(Transfer.sent, new),
            files_left=func.array_cat(Transfer.files_left, list(files_left)),
            files_missing=[one for one in row.files_missing if one not in files_left],
        )
        .execution_options(synchronize_session=False)
    )


def _record(event: Event, referral_id: UUID, row: Transfer, passed: Passed, council: Council) -> None:
    events.record(
        event, referral_id, transfer=str(row.id), council=council.slug, messages=len(passed.words),
        files=len(passed.files),
    )  # fmt: skip
