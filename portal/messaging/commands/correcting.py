"""Correcting an answer of a report that was sent: the old one stays, and the new one stands beside it with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.messaging.commands import corrected
from portal.messaging.commands.touching import lock, tell, touch
from portal.messaging.commands.writing import checked, write
from portal.referrals.commands import duty, facts, pausing
from portal.referrals.commands.connections import hide
from portal.referrals.deadlines import URGENT_RANK, due_at
from portal.referrals.models import Correction, Referral
from portal.referrals.places import Asked, Place, asked
from portal.referrals.projecting import ChildFacts, project
from portal.referrals.queries.connections import who_must_not_see
from portal.referrals.queries.corrections import Corrected, as_now, corrections, sealed_words
from portal.referrals.queries.record import Answers, Found, answers_of
from portal.referrals.routing import route
from portal.referrals.states import OPEN
from portal.referrals.withholding import keeps_places

MOST_REASON = 2000


@dataclass(frozen=True)
class Correcting:
    """One correction as it was posted: `seen` is how many there were when its page was made."""

    place: Place
    new: Any
    reason: str
    seen: int
    once: UUID


def correct(actor: Actor, found: Found, given: Correcting) -> None:
    """Correct one answer: the old one stays, the new one and the reason stand beside it for both sides.

    The route is not changed; the facts in columns follow. Where the rules would now choose a higher route, the report
    says so, comes up in the holding area as that one would, and is due no later. Raises Invalid({"reason": required, …,
    "value": "same"}), NotFound where the answers do not open the question, Conflict when the report was withdrawn or
    corrected meanwhile.
    """
    reason = _reason(given.reason)
    locked = lock(found)
    made = corrections(actor, Permission.REPLY, found)
    was = as_now(answers_of(found), made)
    at = question_at(found, was, given.place)
    if _made_before(made, given, at):
        return
    if len(made) != given.seen:
        raise Conflict("corrected meanwhile", state=locked.state, corrected="yes")
    if at.value == given.new:
        raise Invalid({"value": "same"})
    message_id, new = write(actor, found, "agency", reason, given.once, kind="correction")
    if not new:
        return
    now = as_now(was, (Corrected(message_id, given.place.text(), at.value, given.new, clock.now(), ""),))
    higher = _higher(found, now, locked.rank)
    db.session().execute(
        insert(Correction).values(
            tenant_id=scope.council().id, id=message_id, referral_id=found.id, agency_id=found.agency_id,
            place=given.place.text(), words=sealed_words(found, message_id, at.value, given.new),
            corrected_at=clock.now(), rules_now=higher[0] if higher else None,
        )
    )  # fmt: skip
    projected = project(version(found.form_version_id).form, found.kind, now.sections)
    if higher is not None and higher[1] >= URGENT_RANK:
        pausing.end(found.id, "urgent")
        if locked.state in OPEN:
            duty.raise_alert(found.id)
    secret = keeps_places(now.triage, now.sections)
    touch(found, locked, **_upwards(higher), **facts.renew(found, projected, secret=secret))
    events.record(Event.ANSWER_CORRECTED, found.id, section=given.place.section, question=given.place.key)
    corrected.follow(actor, found)
    hidden = _hide(actor, found, projected.children)
    if locked.owner_id not in hidden:
        tell(actor, found, locked)


def question_at(found: Found, answers: Answers, place: Place) -> Asked:
    """The question of a report at that place with its answer; raises NotFound where there is none to correct."""
    published = version(found.form_version_id)
    at = asked(published.form, found.kind, answers.triage, answers.sections, place)
    if at is None or place.key == published.thresholds.override_answer:
        raise NotFound("no such question")
    return at


def _made_before(made: tuple[Corrected, ...], given: Correcting, at: Asked) -> bool:
    """Whether the second click of two has come: the newest correction is this one."""
    last = made[-1] if len(made) == given.seen + 1 else None
    return last is not None and last.place == given.place.text() and last.new == given.new == at.value


def _reason(text: str) -> str:
    try:
        return checked(text, MOST_REASON)
    except Invalid as error:
        raise Invalid({"reason": error.errors["message"]}) from None


def _higher(found: Found, now: Answers, rank: int) -> tuple[str, int] | None:
    """The route and rank that the rules would choose now, where that is above what the report has."""
    if found.kind == "urgent":
        return None
    published = version(found.form_version_id)
    routed = route(published.form, published.thresholds, found.kind, now.triage, clock.now())
    if routed.outcome.attention or routed.rank <= rank:
        return None
    return routed.outcome.route, routed.rank


def _upwards(higher: tuple[str, int] | None) -> dict[str, Any]:
    """What a higher route of the corrected answers changes: how urgent the report is, and by when; never its route."""
    if higher is None:
        return {}
    name, rank = higher
    sooner = due_at(scope.council(), rank, clock.now())
    wins = Referral.due_at > sooner
    return {
        "rules_now": name,
        "urgency": rank,
        "due_at": func.least(Referral.due_at, sooner),
        "clock_from": case((wins, clock.now()), else_=Referral.clock_from),
        "clock_rank": case((wins, rank), else_=func.coalesce(Referral.clock_rank, Referral.urgency)),
    }


def _hide(actor: Actor, found: Found, children: tuple[ChildFacts, ...]) -> frozenset[UUID]:
    """Take the report from those who said that they must not see a child of the corrected name; who they are."""
    hidden = who_must_not_see(children, found.author_id) - {actor.account_id}
    for account_id in hidden:
        hide(account_id, [found.id])
    return hidden
