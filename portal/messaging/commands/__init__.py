"""Asking, replying and reading: a message and the report's move are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import func, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict
from portal.kernel.scope import Actor
from portal.messaging.commands import choosing, guarding
from portal.messaging.commands.bringing import bring
from portal.messaging.commands.writing import MAX_TEXT, Along, Before, checked, whole, write
from portal.messaging.models import Message
from portal.referrals import states
from portal.referrals.commands import notices
from portal.referrals.commands.attaching import Paper
from portal.referrals.commands.moves import move
from portal.referrals.elsewhere import PORTAL
from portal.referrals.models import Referral
from portal.referrals.places import Place
from portal.referrals.queries.record import Found, find
from portal.tenants.asking_settings import MOST_DAYS
from portal.tenants.opening import hours_of

__all__ = ["MAX_TEXT", "answer_by", "ask", "checked", "mark_messages", "mark_read", "reply"]

_TRIES = 3


def _as_it_is(text: str, _due: datetime) -> str:
    return text


@whole
def ask(
    actor: Actor,
    found: Found,
    text: str,
    once: UUID,
    papers: Sequence[Paper] = (),
    *,
    confirmed: str = "",
    days: int | None = None,
    questions: Sequence[str] = (),
    dated: Callable[[str, datetime], str] = _as_it_is,
) -> None:
    """Ask the referrer a question, with files; the report then waits for them and its author is told.

    `once` is minted with the form: the same one twice with the same words, questions and days is one message; with
    others (after "Back", the browser shows the old form) it is another. `papers` are kept with the message, all of them
    or none: one that it has already is not kept twice. The answer is due after `days` working days (None: as many as
    the council usually gives), and `dated` puts that into the text. `questions` are places of the form's own questions,
    to be answered one by one. Raises Invalid for them (questions: unknown, too_many), for the text (protected: it gives
    away what the report keeps secret, and `confirmed` is not the mark of just that), what `bringing.bring` does, and
    Conflict when the report is not this person's or cannot be asked about any more.
    """
    plain = checked(text)
    secrets = guarding.held(actor, found, plain, confirmed, "message")
    places = choosing.checked_places(actor, found, questions)
    due, words = answer_by(days), partial(dated, plain)
    along = _along(places, days)
    written = write(actor, found, "council", checked(words(due)), once, answer_by=due, words=words, along=along)
    nobody = found.channel != PORTAL  # to write to
    if written.new and (nobody or found.owner_id != actor.account_id or not states.may("ask", found.state)):
        raise Conflict(state=found.state, owner=found.owner_name or "")
    bring(actor, found, "council", written, papers)
    if not written.new:
        return
    choosing.keep(found, written.id, places)
    move(actor, found, "ask", unread_by_agency=Referral.unread_by_agency + 1)
    events.record(Event.QUESTION_ASKED, found.id)
    guarding.note(found, secrets)
    notices.tell(actor, "question", found.author_id, found.id)


def _along(places: tuple[Place, ...], days: int | None) -> Along:
    """What a question asks of the form, and in how many days: from when it was sent, for one sent before."""
    wanted = {one.text() for one in places}

    def _alike(before: Before) -> bool:
        by = before.answer_by
        same_day = by is None or clock.midnight(by) == clock.midnight(answer_by(days, before.sent_at))
        return same_day and choosing.kept(before.id) == wanted

    return Along(" ".join([str(days), *sorted(wanted)]), _alike)


def answer_by(days: int | None, asked_at: datetime | None = None) -> datetime:
    """When the answer is due, after that many working days of the council in scope (None: what it usually gives) from
    now, or from when it was asked."""
    council = scope.council()
    wanted = council.settings.asking.answer_working_days if days is None else min(max(days, 1), MOST_DAYS)
    return clock.due_after_working_days(asked_at or clock.now(), wanted, council.nation, hours_of(council))


@whole
def reply(actor: Actor, found: Found, text: str, once: UUID, papers: Sequence[Paper] = ()) -> None:
    """Answer the council, with files; the report comes back to the top of its urgency and its owner is told.

    `once` and `papers` as for `ask`. Raises Invalid for the text, what `bringing.bring` does, and Conflict when the
    report takes no reply any more.
    """
    written = write(actor, found, "agency", checked(text), once)
    if written.new and not states.may("reply", found.state):
        raise Conflict(state=found.state)
    bring(actor, found, "agency", written, papers)
    if not written.new:
        return
    found = _answered(actor, found)
    events.record(Event.REPLY_SENT, found.id)
    if found.owner_id is not None:
        notices.tell(actor, "reply", found.owner_id, found.id)


def _answered(actor: Actor, found: Found) -> Found:
    """Move to answered. A change at the same moment that still allows a reply (the owner, the priority, a
    colleague's reply) must not cost the referrer what they wrote, so it is tried again."""
    for left in reversed(range(_TRIES)):
        if not states.may("reply", found.state):
            raise Conflict(state=found.state)
        try:
            move(
                actor, found, "reply",
                queued_at=clock.now(), unread_by_council=Referral.unread_by_council + 1,
            )  # fmt: skip
        except Conflict:
            if not left:
                raise
            found = find(actor, Permission.REPLY, found.reference)
        else:
            break
    return found


def mark_read(actor: Actor, found: Found, reader: str) -> int:
    """Mark what the other side wrote as read by `reader` (council or agency); the number newly read.

    On the council's side only the owner's reading counts once there is an owner, on the agency's only the author's:
    a colleague (an agency's lead) who looks in must not take away the mark that tells them of a message.
    """
    whose = found.author_id if reader == "agency" else found.owner_id
    if whose not in (None, actor.account_id):
        return 0
    if reader == "council" and not found.unread_by_council:
        # The page of a report is looked at much more often than there is something new on it.
        return 0
    newly = mark_messages(found, reader)
    if newly:
        unread = Referral.unread_by_council if reader == "council" else Referral.unread_by_agency
        # The report's version stays: reading is no change that another form could collide with.
        db.session().execute(
            update(Referral)
            .where(Referral.id == found.id)
            .values({unread: func.greatest(unread - newly, 0)})
            .execution_options(synchronize_session=False)
        )
        events.record(Event.MESSAGE_READ, found.id)
    return newly


def mark_messages(found: Found, reader: str) -> int:
    """Only the messages' part of `mark_read`, for a decision that resets the counters itself."""
    statement = (
        update(Message)
        .where(Message.referral_id == found.id, Message.side != reader, Message.read_at.is_(None))
        .values(read_at=clock.now())
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session().execute(statement).all())
