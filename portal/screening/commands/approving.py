"""A second person for a decision: proposed by one, approved or sent back by another; until then nobody is told."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from portal.auth.policy import Permission, Reach, reach
from portal.kernel import scope
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.kernel.scope import Actor
from portal.referrals.commands.moves import touch
from portal.referrals.queries.record import Found, record_of
from portal.screening.commands import correcting, decisions
from portal.screening.commands.judging import By, judged, settle_words, text_mistake
from portal.screening.commands.proposals import open_one, settle
from portal.screening.given import Change, Given
from portal.screening.grounds import plain
from portal.screening.queries.proposals import Proposed, known, open_proposal


def propose(actor: Actor, found: Found, given: Given, change: Change | None = None) -> None:
    """Propose a decision, or (with `change`) the correction of one. The same `once` twice is one proposal.

    Raises what `decisions.decide` and `correcting.correct` raise, and Conflict while another proposal waits.
    """
    given = settle_words(given, scope.council())
    if known(found, given.once):
        return
    if found.approval_asked_at is not None:
        raise Conflict("another waits", state=found.state, owner=found.owner_name, by=found.owner_name)
    if change is not None:
        change = Change(change.decision_id, plain(change.why))
        correcting.check(actor, found, given, change)
    else:
        decisions.check_owned(actor, found)
        judged(actor, found, given)
    try:
        open_one(actor, found, given, change)
    except Conflict:
        if not known(found, given.once):
            raise


def approve(actor: Actor, found: Found, proposal_id: UUID, read_new: int | None = None) -> None:
    """Approve what somebody else proposed: from now on it is the decision, and the referrer is told.

    `read_new` as in Given. Raises Forbidden for one's own and for whoever approves nothing, Invalid({"read_new":
    "unread"}) when something came that its author had not read, or when the council's list has changed since, and
    Conflict when the proposal is not open any more or the report changed meanwhile.
    """
    waiting = _open(actor, found, proposal_id, "approved")
    if waiting is None:
        return
    given, by = replace(waiting.given, read_new=read_new), By(waiting.proposed_by_id, actor.account_id)
    if waiting.change is None:
        decisions.check_ready(found)
    unread = judged(actor, found, given)
    if waiting.change is None:
        decisions.put(actor, found, given, by, unread)
    else:
        correcting.put(actor, found, given, waiting.change, by)
    settle(actor, found, proposal_id, "approved")


def send_back(actor: Actor, found: Found, proposal_id: UUID, words: str) -> None:
    """Send it back with a reason; nothing is decided.

    Raises Invalid({"words": required, too_long, control}), else as `approve`.
    """
    if _open(actor, found, proposal_id, "sent_back") is None:
        return
    text = plain(words)
    if wrong := text_mistake(text):
        raise Invalid({"words": wrong})
    touch(found, approval_asked_at=None)
    settle(actor, found, proposal_id, "sent_back", record_of(found).seal(text, "proposal", proposal_id, "words"))


def take_back(actor: Actor, found: Found, proposal_id: UUID) -> None:
    """Take back one's own proposal, or that on a report that one has now. The same twice is once; raises Conflict when
    somebody else settled it."""
    waiting = open_proposal(actor, found)
    if waiting is None and known(found, proposal_id) == "withdrawn":
        return
    if waiting is None or waiting.id != proposal_id or actor.account_id not in (waiting.proposed_by_id, found.owner_id):
        raise Conflict("settled meanwhile", state=found.state, owner=found.owner_name, by=found.owner_name)
    touch(found, approval_asked_at=None)
    settle(actor, found, proposal_id, "withdrawn")


def _open(actor: Actor, found: Found, proposal_id: UUID, done: str) -> Proposed | None:
    """The open proposal; None where it is `done` already (a double click). Raises Forbidden, Conflict."""
    if reach(actor, Permission.APPROVE) is not Reach.COUNCIL or found.reads_only(actor):
        raise Forbidden("approves nothing")
    waiting = open_proposal(actor, found)
    if waiting is not None and waiting.id == proposal_id:
        if waiting.proposed_by_id == actor.account_id:
            raise Forbidden("somebody else approves it")
        return waiting
    if known(found, proposal_id) == done:
        return None
    raise Conflict("settled meanwhile", state=found.state, owner=found.owner_name, by=found.owner_name)
