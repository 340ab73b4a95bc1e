"""Challenging a decision, answering that, and what the challenger makes of the answer; each is done once."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.language import Text
from portal.kernel.scope import Actor, Council
from portal.messaging.commands.writing import checked
from portal.onward.models import ANSWERS, Challenge
from portal.onward.queries.challenges import Step, deciders, steps
from portal.referrals.commands import notices, telling
from portal.referrals.queries.record import Found, record_of
from portal.screening.queries.decision import decision
from portal.tenants.opening import hours_of

MAX_WORDS: Final = 4000  # characters (code points)
MAX_NAME: Final = 200


@dataclass(frozen=True)
class Objection:
    """Why somebody disagrees, what they want instead, the level that the page offered, and the mark of its form."""

    why: str
    wanted: str
    level: int
    once: UUID


@dataclass(frozen=True)
class Reply:
    """An answer (ANSWERS) with its reasons, and whose it is where whoever writes it down only does that."""

    verdict: str
    words: str
    on_behalf: str = ""


@dataclass(frozen=True)
class May:
    """What somebody of the agency may do now: challenge `decision_id` at `level` (0: they may not, `too_late` if they
    might have), going on from `step` if there is one that was answered; or end `step`."""

    level: int = 0
    decision_id: UUID | None = None
    step: Step | None = None
    too_late: bool = False

    @property
    def name(self) -> Text:
        """What the council calls the level now."""
        return scope.council().settings.challenging.levels[self.level - 1].name if self.level else {}


def may(actor: Actor, found: Found, made: tuple[Step, ...]) -> May:
    """What may be done about the decision that counts, given the levels so far."""
    now = decision(actor, Permission.TRACK, found)
    last = made[-1] if made else None
    pending = last if last is not None and not last.ended else None
    if now is None or now.id is None or (pending is not None and not pending.answer):
        return May(step=pending)
    if pending is not None and pending.answered_at is not None:
        level, since = pending.level + 1, pending.answered_at
    elif any(one.decision_id == now.id for one in made):
        return May()
    else:
        level, since = 1, now.decided_at
    if level > len(scope.council().settings.challenging.levels):
        return May(step=pending)
    if clock.now() > since + timedelta(days=scope.council().settings.challenging.days):
        return May(step=pending, too_late=True)
    return May(level, now.id, pending)


def challenge(actor: Actor, found: Found, what: Objection) -> None:
    """Challenge the decision at the level that the page offered. The same `what.once` twice is one challenge.

    Raises Invalid (why, wanted: required, too_long, control) and Conflict when somebody else challenged or ended it,
    or the decision was changed meanwhile.
    """
    said = {"why": _words(what.why, "why"), "wanted": _words(what.wanted, "wanted")}
    if _known(found, what.once):
        return
    now = may(actor, found, steps(actor, Permission.TRACK, found))
    if not now.level or now.level != what.level or now.decision_id is None:
        raise Conflict("no such level now", state=found.state)
    if now.step is not None:
        _end(actor, now.step.id, "taken_on", answered=True)
    due = _insert(actor, found, now.decision_id, replace(what, why=said["why"], wanted=said["wanted"]))
    events.record(Event.DECISION_CHALLENGED, found.id, level=what.level, due=due)
    those = deciders(found.id, now.decision_id)
    only = named_for(scope.council(), what.level, found.id, those)
    telling.tell_approvers(actor, "challenged", found.id, but=those, only=only)


def _insert(actor: Actor, found: Found, decision_id: UUID, what: Objection) -> str:
    council, made, now = scope.council(), uuid4(), clock.now()
    level = council.settings.challenging.levels[what.level - 1]
    due = clock.due_after_working_days(now, level.working_days, council.nation, hours_of(council))
    said = {"why": what.why, "wanted": what.wanted}
    statement = (
        insert(Challenge)
        .values(
            tenant_id=council.id, id=made, referral_id=found.id, agency_id=found.agency_id, decision_id=decision_id,
            level=what.level, level_name=dict(level.name), raised_by=actor.account_id, raised_at=now, due_at=due,
            once=what.once, said=_sealed(found, made, "said", said),
        )
        .on_conflict_do_nothing()
        .returning(Challenge.id)
    )  # fmt: skip
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("challenged meanwhile", state=found.state)
    return due.isoformat()


def end(actor: Actor, found: Found, step_id: UUID) -> str:
    """Accept the answer, or take back a challenge that nobody has answered; which of the two, "" where it was done
    before. Raises Conflict when the level was answered or taken further meanwhile."""
    step = next((one for one in steps(actor, Permission.TRACK, found) if one.id == step_id), None)
    if step is None:
        raise NotFound("no such challenge")
    how = "accepted" if step.answer else "withdrawn"
    if step.ended:
        if step.ended == how:
            return ""
        raise Conflict("ended otherwise", state=found.state)
    _end(actor, step.id, how, answered=bool(step.answer))
    events.record(Event.CHALLENGE_ENDED, found.id, level=step.level, how=how)
    return how


def _end(actor: Actor, step_id: UUID, how: str, *, answered: bool) -> None:
    as_seen = Challenge.answered_at.is_not(None) if answered else Challenge.answered_at.is_(None)
    _change(step_id, as_seen, ended=how, ended_by=actor.account_id, ended_at=clock.now())


def may_answer(actor: Actor, found: Found, step: Step, made: tuple[Step, ...]) -> tuple[bool, bool]:
    """Whether the person may answer that level, and whether only for somebody else whom they name: who decided or
    approved never answers, nor does anybody but those whom the council named for the level; who answered an earlier
    level does not answer for themselves again."""
    those = deciders(found.id, step.decision_id)
    if actor.account_id in those or found.reads_only(actor):
        return False, False
    named = named_for(scope.council(), step.level, found.id, those)
    if named and actor.account_id not in named:
        return False, False
    before = {one.answered_by_id for one in made if one.decision_id == step.decision_id and one.level < step.level}
    return True, actor.account_id in before


def named_for(council: Council, level: int, referral_id: UUID, but: Collection[UUID]) -> dict[UUID, str]:
    """Those whom the council named for a level and who may answer it, with their names, without whoever decided and
    without those for whom the report is not there; where that is nobody, everybody may."""
    levels = council.settings.challenging.levels
    wanted = {one.casefold() for one in levels[level - 1].people} if 1 <= level <= len(levels) else set()
    if not wanted:
        return {}
    return {one.account_id: one.name for one in telling.approvers(referral_id, but) if one.email.casefold() in wanted}


def answer(actor: Actor, found: Found, step_id: UUID, what: Reply) -> None:
    """Answer a level: the decision stays (upheld), or will be changed. The same answer twice is one.

    Raises Invalid (verdict: unknown; words: required, too_long, control; on_behalf: required, too_long), Forbidden for
    who decided, and Conflict when it was answered or taken back meanwhile.
    """
    made = steps(actor, Permission.APPROVE, found)
    step = next((one for one in made if one.id == step_id), None)
    if step is None:
        raise NotFound("no such challenge")
    allowed, for_another = may_answer(actor, found, step, made)
    if not allowed:
        raise Forbidden("who decided does not answer")
    said = {"words": _words(what.words, "words"), "on_behalf": _named(what.on_behalf, needed=for_another)}
    if what.verdict not in ANSWERS:
        raise Invalid({"verdict": "unknown"})
    if (step.answered_by_id, step.answer, step.reply) == (actor.account_id, what.verdict, said["words"]):
        return
    _change(
        step.id, Challenge.answered_at.is_(None), answer=what.verdict, answered_by=actor.account_id,
        answered_at=clock.now(), reply=_sealed(found, step.id, "reply", said),
    )  # fmt: skip
    events.record(Event.CHALLENGE_ANSWERED, found.id, level=step.level, verdict=what.verdict)
    for account_id in {_raised_by(step.id), found.author_id}:
        notices.tell(actor, "outcome", account_id, found.id)


def _raised_by(step_id: UUID) -> UUID:
    query = select(Challenge.raised_by).where(Challenge.tenant_id == scope.council().id, Challenge.id == step_id)
    raised_by: UUID = db.session().execute(query).scalar_one()
    return raised_by


def _change(step_id: UUID, as_seen: Any, **values: Any) -> None:
    statement = (
        update(Challenge)
        .where(
            Challenge.tenant_id == scope.council().id, Challenge.id == step_id, Challenge.ended_at.is_(None), as_seen
        )
        .values(**values)
        .returning(Challenge.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if db.session().execute(statement).scalar_one_or_none() is None:
        raise Conflict("changed meanwhile")


def _known(found: Found, once: UUID) -> bool:
    query = select(Challenge.id).where(Challenge.referral_id == found.id, Challenge.once == once)
    return db.session().execute(query).scalar_one_or_none() is not None


def _words(text: str, name: str) -> str:
    try:
        return checked(text, MAX_WORDS)
    except Invalid as error:
        raise Invalid({name: error.errors["message"]}) from None


def _named(text: str, *, needed: bool) -> str:
    name = " ".join(text.split())
    if (needed and not name) or len(name) > MAX_NAME:
        raise Invalid({"on_behalf": "too_long" if name else "required"})
    return name


def _sealed(found: Found, challenge_id: UUID, column: str, document: dict[str, str]) -> bytes:
    return record_of(found).seal(json.dumps(document, ensure_ascii=False), "challenge", challenge_id, column)
