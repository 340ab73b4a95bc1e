"""Which questions of a report's own form a message asks: chosen by the council, kept beside the message."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from portal.auth.policy import Permission
from portal.kernel import db, scope
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.scope import Actor
from portal.messaging.commands.correcting import question_at
from portal.messaging.models import AskedQuestion
from portal.referrals.places import Place, place_of
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Answers, Found, answers_of

MOST_QUESTIONS = 30


def checked_places(actor: Actor, found: Found, wanted: Sequence[str]) -> tuple[Place, ...]:
    """The places that were chosen, each once and in order; raises Invalid({"questions": "unknown" | "too_many"})."""
    if len(set(wanted)) > MOST_QUESTIONS:
        raise Invalid({"questions": "too_many"})
    if not wanted:
        return ()
    now = as_now(answers_of(found), corrections(actor, Permission.ASK, found))
    return tuple(_checked(found, now, one) for one in dict.fromkeys(wanted))


def _checked(found: Found, now: Answers, text: str) -> Place:
    place = place_of(text)
    try:
        if place is not None:
            question_at(found, now, place)
            return place
    except NotFound:
        pass
    raise Invalid({"questions": "unknown"})


def kept(message_id: UUID) -> set[str]:
    """The places of the form's questions that a message asks."""
    query = select(AskedQuestion.place).where(
        AskedQuestion.tenant_id == scope.council().id, AskedQuestion.message_id == message_id
    )
    return set(db.session().execute(query).scalars())


def keep(found: Found, message_id: UUID, places: Sequence[Place]) -> None:
    """Keep with a question which of the form's questions it asks."""
    rows = [
        {
            "tenant_id": scope.council().id, "id": uuid4(), "referral_id": found.id, "agency_id": found.agency_id,
            "message_id": message_id, "place": one.text(), "position": number,
        }
        for number, one in enumerate(places)
    ]  # fmt: skip
    if rows:
        db.session().execute(insert(AskedQuestion), rows)
