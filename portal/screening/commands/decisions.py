"""Deciding a report in one transaction, and the referrer's reading of the outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor, Council
from portal.messaging.commands import mark_messages
from portal.messaging.queries import heard
from portal.referrals import states
from portal.referrals.commands import notices
from portal.referrals.commands.moves import move
from portal.referrals.models import ROUTES, Referral
from portal.referrals.queries.record import Found, record_of
from portal.screening.deciding import outcome_of, wanted
from portal.screening.grounds import Grounds, in_words, mistakes, plain, settled
from portal.screening.models import Decision
from portal.screening.queries.decision import decision, exists
from portal.screening.returns import codes_of

MAX_TEXT = 8000  # characters (code points) of the rationale, and of the words for the referrer
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Given:
    """What a screener records. `rationale` stays in the council; `told` is what the referrer reads.

    `seen` is how many of the agency's messages the screener had read when the form was made, `read_new` the
    number they confirmed having read since (None: nothing confirmed). `once` is minted with the form. `grounds` are
    what stands beside the rationale: what is not asked for an outcome is not kept.
    """

    outcome: str
    route: str
    rationale: str
    told: str
    seen: int
    once: UUID
    read_new: int | None = None
    grounds: Grounds = field(default_factory=Grounds)


def decide(actor: Actor, found: Found, given: Given) -> None:
    """Record the outcome: decision, state, audit and notice commit together or not at all.

    The same `once` twice is one decision, with other words a Conflict. Raises Invalid by field (outcome, route:
    unknown; rationale, told: required, too_long, control; read_new: unread when a message waits that was not seen;
    what `grounds.mistakes` names) and Conflict when the report is not this person's, changed meanwhile, or its author
    asks to withdraw it.
    """
    council = _council()
    given = _settled(given, council)
    if _recorded(actor, found, given):
        return
    if found.owner_id != actor.account_id or not states.may("decide", found.state):
        raise Conflict(state=found.state, owner=found.owner_name, by=found.owner_name)
    if found.withdrawal_asked_at is not None:
        # Its author would be told of a decision instead of an answer.
        raise Conflict("asked to withdraw", state=found.state, withdrawal="yes")
    errors = _mistakes(given, council)
    total, _read = heard(actor, Permission.DECIDE, found)
    if total not in (given.seen, given.read_new):
        errors["read_new"] = "unread"
    if errors:
        raise Invalid(errors)
    now = clock.now()
    try:
        # A reply that arrives after the count above changes the version, so the move below fails.
        move(
            actor, found, "decide", outcome=given.outcome, decided_at=now, unread_by_council=0,
            unread_by_agency=Referral.unread_by_agency + 1,
        )  # fmt: skip
    except Conflict:
        if _recorded(actor, found, given):
            return
        raise
    db.session().execute(insert(Decision).values(_row(actor, found, given, council) | {"decided_at": now}))
    mark_messages(found, "council")
    events.record(Event.DECIDED, found.id, outcome=given.outcome, unread=max(total - given.seen, 0))
    notices.tell(actor, "outcome", found.author_id, found.id)


def _settled(given: Given, council: Council) -> Given:
    """What is kept of it, as it is stored."""
    outcome = outcome_of(council.settings, given.outcome)
    grounds = settled(given.grounds, wanted(council.settings, outcome)) if outcome else given.grounds
    return replace(given, rationale=plain(given.rationale), told=plain(given.told), grounds=grounds)


def _row(actor: Actor, found: Found, given: Given, council: Council) -> dict[str, Any]:
    """The row of a decision without its time: codes in the clear, words sealed."""
    record, grounds = record_of(found), given.grounds
    kind = next(one.kind for one in council.settings.outcomes if one.key == given.outcome)
    codes = codes_of(kind, council.nation)
    return {
        "tenant_id": council.id, "id": given.once, "referral_id": found.id, "agency_id": found.agency_id,
        "outcome": given.outcome, "route": given.route, "decided_by": actor.account_id,
        "rationale": record.seal(given.rationale, "decision", given.once, "rationale"),
        "told": record.seal(given.told, "decision", given.once, "told"),
        "grounds": record.seal(in_words(grounds), "decision", given.once, "grounds"),
        "kind": kind, "reasons": list(grounds.reasons), "need": grounds.need or None, "consent": grounds.consent,
        "consent_reason": grounds.consent_reason or None, "contact_code": codes.contact or None,
        "referral_code": codes.referral or None, "nfa_code": codes.nfa or None,
    }  # fmt: skip


def _recorded(actor: Actor, found: Found, given: Given) -> bool:
    """Whether this very decision was recorded (a double click). Raises Conflict when it was, in other words: they
    would be lost without anybody noticing."""
    if not exists(found, given.once):
        return False
    before = decision(actor, Permission.DECIDE, found)
    kept = (before.outcome, before.route, before.rationale, before.told, before.grounds) if before else ()
    if kept != (given.outcome, given.route, given.rationale, given.told, given.grounds):
        raise Conflict(state="decided", owner=found.owner_name, by=found.owner_name)
    return True


def see_outcome(actor: Actor, found: Found) -> None:
    """The referrer has read the outcome; only the first reading is recorded, and no colleague's: the council is told
    that the referrer knows."""
    if found.author_id != actor.account_id:
        return
    statement = (
        update(Decision)
        .where(Decision.referral_id == found.id, Decision.seen_at.is_(None), Decision.replaced_at.is_(None))
        .values(seen_at=clock.now())
        .returning(Decision.id)
        .execution_options(synchronize_session=False)
    )
    if db.session().execute(statement).scalar_one_or_none() is None:
        return
    db.session().execute(
        update(Referral)
        .where(Referral.id == found.id)
        .values(unread_by_agency=func.greatest(Referral.unread_by_agency - 1, 0))
        .execution_options(synchronize_session=False)
    )
    events.record(Event.OUTCOME_READ, found.id)


def _mistakes(given: Given, council: Council) -> dict[str, str]:
    errors: dict[str, str] = {}
    outcome = outcome_of(council.settings, given.outcome)
    if outcome is None:
        errors["outcome"] = "unknown"
    else:
        errors |= mistakes(given.grounds, wanted(council.settings, outcome))
    if given.route not in ROUTES:
        errors["route"] = "unknown"
    for name, text in (("rationale", given.rationale), ("told", given.told)):
        if not text:
            errors[name] = "required"
        elif _CONTROL.search(text):
            errors[name] = "control"
        elif len(text) > MAX_TEXT:
            errors[name] = "too_long"
    return errors


def _council() -> Council:
    council = scope.current().council
    if council is None:
        raise NotFound
    return council
