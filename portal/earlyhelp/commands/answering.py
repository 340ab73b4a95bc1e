"""The team's part: accepting what was offered, declining it with a reason, and closing what it accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.auth.queries.staff import who_may
from portal.earlyhelp.commands.offering import QUIETLY, mistakes_of
from portal.earlyhelp.models import EarlyHelpOffer
from portal.earlyhelp.queries.readers import who_see
from portal.earlyhelp.states import BY_TEAM, MOVES, STEPPED_UP, codes_of
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.referrals.commands import notices
from portal.referrals.queries.record import Found, record_of

EVENTS = {
    "accept": Event.EARLY_HELP_ACCEPTED, "decline": Event.EARLY_HELP_DECLINED, "close": Event.EARLY_HELP_DONE,
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A move (states.BY_TEAM) with its code and words; accepting needs neither."""

    move: str
    code: str = ""
    words: str = ""


def answer(actor: Actor, found: Found, offer_id: UUID, what: Answer) -> None:
    """Accept, decline or close that offer; exactly one of several people does.

    The same move of the same person twice is once (`done_before`). Raises Invalid (code: unknown; words: required,
    too_long, control), and Conflict when it was answered or taken back meanwhile.
    """
    if what.move not in BY_TEAM:
        raise NotFound("no such move")
    if errors := _mistakes(what):
        raise Invalid(errors)
    before, then = MOVES[what.move]
    statement = (
        update(EarlyHelpOffer)
        .where(
            EarlyHelpOffer.tenant_id == scope.council().id, EarlyHelpOffer.referral_id == found.id,
            EarlyHelpOffer.id == offer_id, EarlyHelpOffer.state == before,
        )
        .values(state=then, **_values(actor, found, offer_id, what))
        .returning(EarlyHelpOffer.id)
    )  # fmt: skip
    if db.session().execute(statement.execution_options(**QUIETLY)).scalar_one_or_none() is None:
        raise Conflict("answered or taken back meanwhile", state=found.state)
    detail = {"decline": {"reason": what.code}, "close": {"result": what.code}}.get(what.move, {})
    events.record(EVENTS[what.move], found.id, **detail)
    if what.move != "decline":
        # That a team declined is the front door's to deal with first.
        notices.tell(actor, "outcome", found.author_id, found.id)
    if what.move == "decline" or what.code == STEPPED_UP:
        tell_front_door(actor, found, "help_answered")


def _values(actor: Actor, found: Found, offer_id: UUID, what: Answer) -> dict[str, Any]:
    now, words = clock.now(), what.words.strip()
    column = "closing" if what.move == "close" else "reply"
    sealed = record_of(found).seal(words, "early_help_offer", offer_id, column) if words else None
    if what.move == "close":
        return {"ended_by": actor.account_id, "ended_at": now, "result": what.code, "closing": sealed}
    reason = what.code if what.move == "decline" else None
    return {"answered_by": actor.account_id, "answered_at": now, "reason": reason, "reply": sealed}


def _mistakes(what: Answer) -> dict[str, str]:
    codes = codes_of(what.move)
    errors = {"code": "unknown"} if codes and what.code not in codes else {}
    return errors | (mistakes_of("words", what.words) if codes or what.words.strip() else {})


def tell_front_door(actor: Actor, found: Found, kind: str) -> None:
    """The report's owner; without one the managers who may see it; never nobody."""
    screeners = {one.account_id for one in who_may(Permission.SCREEN)}
    managers = {one.account_id for one in who_may(Permission.APPROVE)}
    readers = who_see(found, screeners & {found.owner_id}) or who_see(found, managers)
    for account_id in readers:
        notices.tell(actor, kind, account_id, found.id)
    if not readers:
        notices.tell_mailbox(kind, scope.council().settings.email, found.id)
