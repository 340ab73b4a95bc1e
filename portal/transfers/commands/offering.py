"""The sender's side: one person proposes a transfer, a manager sends the offer, and it can be taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission, Reach, reach
from portal.forms.queries import version
from portal.kernel import clock, crypto, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor, Council
from portal.referrals.commands.telling import approvers
from portal.referrals.queries.record import Found, children_of, find
from portal.screening.commands.decisions import check_owned, check_ready
from portal.screening.commands.judging import text_mistake
from portal.screening.deciding import wanted
from portal.screening.given import Given, as_text
from portal.screening.grounds import Grounds, mistakes, plain, settled
from portal.tenants import vault
from portal.tenants.settings import Outcome
from portal.transfers.across import across, other, others
from portal.transfers.commands import rows, telling
from portal.transfers.envelope import sealed
from portal.transfers.models import Transfer
from portal.transfers.queries.gathering import files_of, gather
from portal.transfers.queries.lately import went_with
from portal.transfers.states import IN, OFFERED, OPEN, OUT, PROPOSED, SENT_BACK, TAKEN_BACK, WITHDRAWN, youngest

KIND = "transfer"
# Whom a transfer is agreed with is known once it is: until then somebody must be said to have been asked.
_ASKED = "-"


@dataclass(frozen=True)
class Wanted:
    """What somebody proposes: to which council (its slug), what goes along, why, and where consent stands.

    `once` is minted with the form and becomes the transfer's id.
    """

    council: str
    files: bool
    messages: bool
    why: str
    grounds: Grounds
    once: UUID


def outcome_here() -> Outcome | None:
    """The council's own outcome for a transfer; None where it has none, and so transfers nothing."""
    return next((one for one in scope.council().settings.outcomes if one.kind == KIND), None)


def transferable(found: Found) -> bool:
    """Whether a report can go to another council here at all: reports of a concern, where another council is and the
    council knows the outcome."""
    return found.form_key == "concern" and outcome_here() is not None and bool(others())


def who_may_send(actor: Actor, found: Found) -> frozenset[UUID]:
    """Who can send what this person proposes: of a restricted report only people on its list."""
    return frozenset(one.account_id for one in approvers(found.id, {actor.account_id}))


def propose(actor: Actor, found: Found, given: Wanted) -> None:
    """Propose a transfer; a manager sends the offer. The same `once` twice is one proposal.

    Raises Invalid by field (council: unknown; why: required, too_long, control; those of the grounds), Conflict when
    the report is not this person's, changed, is on its way already, or is restricted and nobody else on its list may
    send it.
    """
    outcome = outcome_here()
    to = next((one for one in others() if one.slug == given.council), None)
    why, grounds = plain(given.why), _settled(given.grounds, outcome)
    errors = _mistakes(grounds) | ({"why": wrong} if (wrong := text_mistake(why)) else {})
    if to is None:
        errors["council"] = "unknown"
    if errors or to is None:
        raise Invalid(errors)
    if _known(found, given.once):
        return
    check_owned(actor, found)
    restricted = found.sight is not None
    senders = who_may_send(actor, found) if restricted else frozenset()
    if outcome is None or not transferable(found) or (restricted and not senders):
        raise Conflict("it cannot be transferred", state=found.state)
    row = _row(found, given.once, OUT, PROPOSED, to.id) | {
        "files": len(files_of(actor, found, messages=given.messages)) if given.files else 0,
        "with_files": given.files, "with_messages": given.messages,
        "restricted": restricted, "proposed_by": actor.account_id, "proposed_at": clock.now(), "referral_id": found.id,
    }  # fmt: skip
    # Its outcome is worded when the other council says yes: only then it has a reference there.
    decision = as_text(Given(outcome.key, found.route, why, "", 0, given.once, grounds=grounds), None)
    try:
        _insert(row, {"why": why, "name": dict(to.name), "decision": decision})
    except Conflict:
        if not _known(found, given.once):
            raise
        return
    events.record(Event.TRANSFER_PROPOSED, found.id, transfer=str(given.once), council=to.slug)
    if restricted:
        telling.tell_each(senders)
    else:
        telling.tell_managers(urgency=found.urgency, but=actor.account_id)


def confirm(actor: Actor, found: Found, transfer_id: UUID) -> None:
    """Send the offer that somebody else proposed: the copy is sealed, and the other council told. Twice is once.

    Raises Forbidden for one's own, and Conflict when it was settled or the report changed meanwhile.
    """
    row = _settles(actor, found, transfer_id)
    if row.state == OFFERED:
        return
    if row.proposed_by == actor.account_id:
        raise Forbidden("somebody else sends it")
    # As it is under the lock: who may see it, and what it says, may be others than when the page was opened.
    found = find(actor, Permission.APPROVE, found.reference)
    # What was restricted since the proposal was not proposed as that: it is taken back, and proposed anew.
    if row.state != PROPOSED or not transferable(found) or (found.sight is not None and not row.restricted):
        raise Conflict("settled meanwhile", state=found.state)
    check_ready(replace(found, state="screening") if found.state == "sent" else found)
    envelope = gather(actor, found, files=row.with_files, messages=row.with_messages)
    key, sender = crypto.new_key(), scope.council()
    rows.change(
        row.id, PROPOSED, state=OFFERED, confirmed_by=actor.account_id, confirmed_at=clock.now(),
        files=len(envelope.files),
        sent=[*(one.id for one in envelope.files), *went_with(actor, found, messages=row.with_messages)],
        envelope_key=rows.seal(row, key.hex(), "envelope_key"),
    )  # fmt: skip
    words = {"why": rows.said(row)["why"], "name": dict(sender.name), "category": _category(found)}
    values = _row(found, row.id, IN, OFFERED, sender.id) | {
        "files": len(envelope.files), "with_files": row.with_files, "with_messages": row.with_messages,
        "restricted": row.restricted,
        "age": row.age, "children": row.children, "proposed_at": clock.now(), "confirmed_at": clock.now(),
        "envelope": sealed(key, row.id, envelope),
    }  # fmt: skip
    to = _hand_in(row.other_id, values, words, sender)
    events.record(Event.TRANSFER_OFFERED, found.id, transfer=str(row.id), council=to)


def _hand_in(other_id: UUID, values: dict[str, Any], words: dict[str, Any], sender: Council) -> str:
    """The receiver's row, written in its own council; its slug."""
    with across(other_id) as receiver:
        made = _row_here(values)
        _insert(made, words)
        events.record(
            Event.TRANSFER_CAME, made["id"], transfer=str(made["id"]), council=sender.slug, files=made["files"]
        )
        if made["restricted"]:
            telling.tell_of_restricted()
        else:
            telling.tell_managers(urgency=made["urgency"])
        return receiver.slug


def send_back(actor: Actor, found: Found, transfer_id: UUID, words: str) -> None:
    """Send a proposal back with a reason. Twice is once; raises as `confirm`, and Invalid (words)."""
    row = _settles(actor, found, transfer_id)
    if row.state == SENT_BACK:
        return
    if row.proposed_by == actor.account_id:
        raise Forbidden("somebody else sends it back")
    if row.state != PROPOSED:
        raise Conflict("settled meanwhile", state=found.state)
    text = plain(words)
    if wrong := text_mistake(text):
        raise Invalid({"words": wrong})
    rows.end(actor, row, SENT_BACK, reason=rows.seal(row, text, "reason"))
    events.record(Event.TRANSFER_SENT_BACK, found.id, transfer=str(row.id))
    telling.tell(row.proposed_by)


def take_back(actor: Actor, found: Found, transfer_id: UUID) -> None:
    """Take a proposal back, or an offer that has no answer yet. Twice is once; raises Conflict, NotFound, Forbidden."""
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    row = _own(found, transfer_id)
    if row.state in (TAKEN_BACK, WITHDRAWN):
        return
    if row.state not in OPEN:
        raise Conflict("answered meanwhile", state=found.state)
    offered = row.state == OFFERED
    rows.end(actor, row, WITHDRAWN if offered else TAKEN_BACK)
    events.record(Event.TRANSFER_TAKEN_BACK, found.id, transfer=str(row.id))
    if offered:
        end_theirs(actor, row, WITHDRAWN)


def end_theirs(actor: Actor, row: Transfer, state: str) -> None:
    """The receiver's side of an offer that ended here: what it was told of the child goes. A council that has left the
    instance took its side with it."""
    if other(row.other_id) is None:
        return
    with across(row.other_id):
        theirs = rows.lock(row.id)
        if theirs.state != OFFERED:
            raise Conflict("answered meanwhile")
        rows.end(replace(actor, system=True), theirs, state, words=rows.only_name(theirs))
        events.record(Event.TRANSFER_ENDED, row.id, transfer=str(row.id), how=state)


def _settles(actor: Actor, found: Found, transfer_id: UUID) -> Transfer:
    if reach(actor, Permission.APPROVE) is not Reach.COUNCIL or found.reads_only(actor):
        raise Forbidden("approves nothing")
    return _own(found, transfer_id)


def _own(found: Found, transfer_id: UUID) -> Transfer:
    rows.lock_report(found.id)
    row = rows.lock(transfer_id)
    if row.referral_id != found.id or row.side != OUT:
        raise Conflict("another report's", state=found.state)
    return row


def _settled(given: Grounds, outcome: Outcome | None) -> Grounds:
    council = scope.council().settings
    return settled(given, replace(wanted(council, outcome), reasons=(), needs=())) if outcome else given


def _mistakes(grounds: Grounds) -> dict[str, str]:
    outcome = outcome_here()
    asked = replace(wanted(scope.council().settings, outcome), reasons=(), needs=()) if outcome else None
    return mistakes(replace(grounds, consulted=(), nobody=_ASKED), asked) if asked else {}


def _known(found: Found, transfer_id: UUID) -> bool:
    known = db.session().get(Transfer, (scope.council().id, transfer_id), populate_existing=True)
    return known is not None and known.referral_id == found.id


def _row(found: Found, transfer_id: UUID, side: str, state: str, other_id: UUID) -> dict[str, Any]:
    """What both sides' rows begin with; the key is this council's."""
    children = children_of(found)
    return {
        "tenant_id": scope.council().id, "id": transfer_id, "side": side, "other_id": other_id, "state": state,
        "wrapped_key": vault.new_record_key("transfer", transfer_id), "route": found.route, "urgency": found.urgency,
        "age": youngest(children, clock.today()), "children": len(children),
    }  # fmt: skip


def _row_here(values: dict[str, Any]) -> dict[str, Any]:
    """The same for the council in scope: with a key of its own."""
    return values | {"tenant_id": scope.council().id, "wrapped_key": vault.new_record_key("transfer", values["id"])}


def _insert(row: dict[str, Any], words: dict[str, Any]) -> None:
    record = vault.Record("transfer", row["id"], row["wrapped_key"])
    text = record.seal(json.dumps(words, ensure_ascii=False), "transfer", row["id"], "words")
    statement = insert(Transfer).values(**row, words=text).on_conflict_do_nothing().returning(Transfer.id)
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("on its way already")


def _category(found: Found) -> dict[str, str]:
    """The main category in the words of the sender's form."""
    asked = (one for one in version(found.form_version_id).form.questions() if one.fact == "concern.main_category")
    options = (option for question in asked for option in question.options if option.value == found.category)
    return next((dict(option.label) for option in options), {})
