"""A referrer answers questions of the report's own form that a message asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import update

from portal.auth.policy import Permission
from portal.kernel import db, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Actor
from portal.messaging import commands
from portal.messaging.commands.correcting import Correcting, correct, question_at
from portal.messaging.commands.writing import whole
from portal.messaging.models import AskedQuestion
from portal.referrals import states
from portal.referrals.places import Place, place_of
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of


@dataclass(frozen=True)
class Answering:
    """What a referrer answers: by place, with words of their own and the reason that each correction keeps."""

    message_id: UUID
    answers: Mapping[str, Any]
    text: str
    reason: str
    once: UUID


@whole
def answer(actor: Actor, found: Found, given: Answering) -> None:
    """Answer some of the questions that a message asks, or all: each answer becomes part of the report as a correction
    does, and the reply tells the council. The same `once` twice is once.

    Raises Invalid as `messaging.reply` and `correct` do, and Conflict when the report takes no reply any more or was
    withdrawn or corrected meanwhile.
    """
    if not states.may("reply", found.state):
        raise Conflict(state=found.state)
    made = corrections(actor, Permission.REPLY, found)
    now, seen = as_now(answers_of(found), made), len(made)
    before = {one.id for one in made}
    for text, value in given.answers.items():
        place = place_of(text)
        if place is None or _same(found, now, place, value):
            continue
        correct(actor, found, Correcting(place, value, given.reason, seen, uuid5(given.once, text)))
        latest = [one for one in corrections(actor, Permission.REPLY, found) if one.id not in before]
        now, seen = as_now(answers_of(found), (*made, *latest)), len(made) + len(latest)
        if latest:
            _answered(found, given.message_id, text, latest[-1].id)
    commands.reply(actor, found, given.text, given.once)


def _same(found: Found, now: Any, place: Place, value: Any) -> bool:
    """Whether there is nothing to change: it has that answer, or an answer before it has closed the question."""
    try:
        return bool(question_at(found, now, place).value == value)
    except NotFound:
        return True


def _answered(found: Found, message_id: UUID, place: str, correction_id: UUID) -> None:
    statement = (
        update(AskedQuestion)
        .where(
            AskedQuestion.tenant_id == scope.council().id,
            AskedQuestion.referral_id == found.id,
            AskedQuestion.message_id == message_id,
            AskedQuestion.place == place,
        )
        .values(correction_id=correction_id)
    )
    db.session().execute(statement.execution_options(synchronize_session=False))
