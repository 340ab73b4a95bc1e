"""The receiver's side: accepting is one transaction of both councils, declining gives a reason; each happens once."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from babel.dates import format_date
from sqlalchemy import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.kernel import clock, db, jobs, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.language import say
from portal.kernel.scope import Actor, Council
from portal.referrals.commands import notices
from portal.referrals.commands.connections import hide
from portal.referrals.commands.moves import move
from portal.referrals.models import Referral
from portal.referrals.queries.record import Found, find
from portal.screening.commands import following
from portal.screening.commands.decisions import check_ready
from portal.screening.commands.judging import By, row_of, standard_words, text_mistake
from portal.screening.commands.proposals import overtake
from portal.screening.given import Given, from_text
from portal.screening.grounds import Consulted, plain
from portal.screening.models import Decision
from portal.tenants import vault
from portal.transfers.across import across, other
from portal.transfers.commands import arriving, rows, telling
from portal.transfers.commands.offering import outcome_here
from portal.transfers.envelope import opened
from portal.transfers.models import Transfer
from portal.transfers.queries import transfers
from portal.transfers.queries.keeping import Kept, kept_now
from portal.transfers.queries.since import came_in
from portal.transfers.states import ACCEPTED, DECLINED, IN, OFFERED, OUT
from portal.transfers.telling import told_of_transfer

FILE_JOB = "transfers.bring_file"


class _Theirs(NamedTuple):
    """The sender's side, locked with its report: how it stands, what opens the envelope, how much came in later, and
    what is secret by now."""

    state: str
    key: bytes
    later: int = 0
    kept: Kept = Kept()


def accept(actor: Actor, transfer_id: UUID) -> bool:
    """Take the report over: it becomes one of this council's, and the other's is decided as transferred, together or
    not at all. False where somebody has accepted it before.

    Raises NotFound, Forbidden, and Conflict when the offer ended or the other council cannot give it up now.
    """
    offer = _offer(actor, transfer_id)
    if offer.state == ACCEPTED:
        return False
    if offer.state != OFFERED:
        raise Conflict("it has ended")
    with db.session().begin_nested():
        try:
            with across(offer.other_id) as sender:
                theirs = _lock_theirs(transfer_id)
        except NotFound:
            raise Conflict("the other council has it no more") from None
        if theirs.state == ACCEPTED:
            return False
        if theirs.state != OFFERED:
            raise Conflict("it has ended")
        reference = _take(actor, rows.lock(transfer_id), theirs, sender)
        receiver = scope.council()
        with across(offer.other_id):
            _give_up(transfer_id, receiver, actor.name, reference)
    return True


def _lock_theirs(transfer_id: UUID) -> _Theirs:
    before = db.session().get(Transfer, (scope.council().id, transfer_id), populate_existing=True)
    if before is None:
        raise NotFound("theirs is gone")
    reference = rows.lock_report(before.referral_id)
    row = rows.lock(transfer_id)
    if row.side != OUT:
        raise NotFound("not theirs to give")
    if row.envelope_key is None:
        return _Theirs(row.state, b"")
    record = vault.Record("transfer", row.id, row.wrapped_key)
    key = bytes.fromhex(record.open(row.envelope_key, "transfer", row.id, "envelope_key"))
    kept = kept_now(scope.SYSTEM, Permission.DECIDE, find(scope.SYSTEM, Permission.DECIDE, reference))
    return _Theirs(row.state, key, came_in(row.referral_id, row.confirmed_at), kept)


def _take(actor: Actor, row: Transfer, theirs: _Theirs, sender: Council) -> str:
    """The report here; its reference. What is still to come, the files, comes by jobs."""
    offered = opened(theirs.key, row.id, row.envelope or b"")
    # What was corrected since does not go along, but what has become secret since is.
    secret, unnamed = offered.secret or theirs.kept.places, offered.unnamed or theirs.kept.names
    envelope = replace(offered, later=theirs.later, secret=secret, unnamed=unnamed)
    arrived = arriving.make(actor, envelope, sender)
    if row.restricted:
        arriving.restrict(actor, arrived, envelope, sender)
    sealed = arrived.record.seal(envelope.text(), "transfer", row.id, "record")
    coming = [one.id for one in envelope.files]
    rows.end(
        actor, row, ACCEPTED, referral_id=arrived.id, record=sealed, other_reference=envelope.reference,
        files_left=coming,
    )  # fmt: skip
    events.record(
        Event.TRANSFER_ARRIVED, arrived.id, transfer=str(row.id), council=sender.slug, files=len(coming)
    )  # fmt: skip
    for file_id in coming:
        jobs.enqueue(FILE_JOB, transfer_id=row.id, file_id=file_id)
    if arrived.hidden:
        # Last: from here on it is not there for whoever took it in.
        with db.as_system():
            hide(actor.account_id, [arrived.id])
    return arrived.reference


def _give_up(transfer_id: UUID, receiver: Council, who: str, reference: str) -> None:
    """The sender's report is decided as transferred, in the names of the two who sent it; its referrer is told.

    What the referrer wrote meanwhile and nobody read stays unread: it waits there as news since the decision.
    """
    row = rows.lock(transfer_id)
    found = _decidable(find(scope.SYSTEM, Permission.DECIDE, rows.lock_report(row.referral_id)), row)
    outcome, now = outcome_here(), clock.now()
    if outcome is None:
        raise Conflict("the council has no such outcome")
    told = "\n\n".join([standard_words(found, outcome), told_of_transfer(receiver, reference, found.language)])
    given = _given(row, outcome.key, told, _agreed(receiver, who))
    rows.end(scope.SYSTEM, row, ACCEPTED, other_reference=reference)
    move(
        scope.SYSTEM, found, "decide", outcome=outcome.key, decided_at=now,
        unread_by_agency=Referral.unread_by_agency + 1, new_since=now if found.unread_by_council else None,
    )  # fmt: skip
    by = By(row.proposed_by or UUID(int=0), row.confirmed_by)
    db.session().execute(insert(Decision).values(row_of(found, given, by) | {"decided_at": now}))
    overtake(scope.SYSTEM, found, given.once)
    events.record(Event.TRANSFER_ACCEPTED, found.id, transfer=str(transfer_id), council=receiver.slug)
    events.record(Event.DECIDED, found.id, outcome=outcome.key, unread=found.unread_by_council)
    notices.tell(scope.SYSTEM, "outcome", found.author_id, found.id)
    telling.tell(row.proposed_by)
    following.decided(scope.SYSTEM, found, given.once)


def _decidable(found: Found, row: Transfer) -> Found:
    """The report as it can be decided: one that was put back meanwhile is its proposer's again for that. Raises
    Conflict."""
    if found.sight is not None and not row.restricted:
        raise Conflict("restricted meanwhile")
    if found.state == "sent":
        move(scope.SYSTEM, found, "claim", owner_id=row.proposed_by, claimed_at=clock.now())
        events.record(Event.REFERRAL_CLAIMED, found.id)
        found = find(scope.SYSTEM, Permission.DECIDE, found.reference)
    check_ready(found)
    return found


def _given(row: Transfer, outcome: str, told: str, agreed: Consulted) -> Given:
    given, _change = from_text(rows.said(row)["decision"], 0, row.id)
    grounds = replace(given.grounds, consulted=(agreed,), nobody="")
    return replace(given, outcome=outcome, told=told, grounds=grounds)


def _agreed(receiver: Council, who: str) -> Consulted:
    language = scope.council().settings.default_language
    return Consulted(say(receiver.name, language), who, "", format_date(clock.today(), "d MMMM y", locale=language))


def decline(actor: Actor, transfer_id: UUID, words: str) -> None:
    """Say no, with a reason that the other council reads; what was told of the child goes. Twice is once.

    Raises Invalid (words: required, too_long, control), and Conflict when the offer ended otherwise.
    """
    offer = _offer(actor, transfer_id)
    if offer.state == DECLINED:
        return
    text = plain(words)
    if wrong := text_mistake(text):
        raise Invalid({"words": wrong})
    # A council that has left the instance cannot be told, and its offer must not stay for ever.
    sender = other(offer.other_id)
    if sender is not None and not _decline_theirs(transfer_id, sender.id, text):
        return
    row = rows.lock(transfer_id)
    rows.end(actor, row, DECLINED, reason=rows.seal(row, text, "reason"), words=rows.only_name(row))
    events.record(Event.TRANSFER_DECLINED, row.id, transfer=str(row.id), council=sender.slug if sender else "")


def _decline_theirs(transfer_id: UUID, other_id: UUID, text: str) -> bool:
    """The sender's side; False where somebody has declined it a moment ago. Raises Conflict, NotFound."""
    receiver = scope.council()
    with db.session().begin_nested(), across(other_id):
        theirs = rows.lock(transfer_id)
        if theirs.state == DECLINED:
            return False
        if theirs.state != OFFERED:
            raise Conflict("it has ended")
        rows.end(scope.SYSTEM, theirs, DECLINED, reason=rows.seal(theirs, text, "reason"))
        events.record(Event.TRANSFER_DECLINED, theirs.referral_id, transfer=str(theirs.id), council=receiver.slug)
        telling.tell(theirs.proposed_by)
    return True


def _offer(actor: Actor, transfer_id: UUID) -> transfers.One:
    if reach(actor, Permission.DECIDE) is not Reach.COUNCIL:
        raise Forbidden("decides nothing")
    found = transfers.one(actor, transfer_id)
    if found.side != IN:
        raise NotFound("it was not offered to this council")
    return found
