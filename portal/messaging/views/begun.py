"""What somebody began to write to the council about a report and has not sent, so that nobody takes it for sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import render_template, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.forms.questionnaire import Question
from portal.kernel.errors import NotFound
from portal.messaging.chosen import LATER, labels, question_of
from portal.messaging.commands.correcting import question_at
from portal.messaging.queries import Chosen, Said, thread
from portal.messaging.queries.drafts import ADD, ANSWER, CORRECT, REPLY, Draft
from portal.messaging.views import unsent
from portal.referrals import states
from portal.referrals.places import place_of
from portal.referrals.queries.corrections import Corrected, as_now, corrections
from portal.referrals.queries.record import Answers, Found, answers_of
from portal.referrals.views import sheet
from portal.referrals.views.blueprint import language


@dataclass(frozen=True)
class Begun:
    """A form with words that were not sent: what it is, its page, and when somebody typed last. `lines` are the words
    where it can be sent no more, and its page only takes the button that throws them away."""

    title: str
    href: str
    at: datetime
    version: int
    lines: tuple[str, ...] | None = None


@dataclass(frozen=True)
class _Now:
    """What a report still takes: a reply, corrections at these places; and what the council asked, to say what was
    answered where no reply is taken any more."""

    found: Found
    places: frozenset[str]
    said: tuple[Said, ...]

    @property
    def reply(self) -> bool:
        """Whether it takes a reply."""
        return states.may("reply", self.found.state)


def referrer_panel(
    found: Found | None = None,
    sent: Answers | None = None,
    corrected: tuple[Corrected, ...] | None = None,
    **_about: Any,
) -> str:
    """The person's own drafts on this report: each with its page or, where it can be sent no more, its words; ""
    without any. `sent` and `corrected` are its answers and corrections where the page has read them already."""
    if found is None or not guard.may(Permission.REPLY):
        return ""
    every = {name: draft for name, draft in unsent.every(found).items() if not draft.blank}
    if not every:
        return ""
    now = _now(found, every, sent, corrected)
    told = [one for name, draft in every.items() if (one := _begun(now, name, draft)) is not None]
    told.sort(key=lambda one: one.at, reverse=True)
    begun, over = [one for one in told if one.lines is None], [one for one in told if one.lines is not None]
    return render_template("messaging/_begun.html", begun=begun, over=over, tab=uuid4()) if told else ""


def _now(
    found: Found, names: Iterable[str], sent: Answers | None, corrected: tuple[Corrected, ...] | None
) -> _Now:  # fmt: skip
    """Read once, however many drafts there are."""
    actor, open_places, said = guard.actor(), frozenset[str](), tuple[Said, ...]()
    wanted = [name.removeprefix(CORRECT) for name in names if name.startswith(CORRECT)]
    if wanted and found.state != "withdrawn":
        made = corrections(actor, Permission.REPLY, found) if corrected is None else corrected
        now = as_now(sent or answers_of(found), made)
        open_places = frozenset(one for one in wanted if _asked(found, now, one))
    if any(name.startswith(ANSWER) for name in names) and not states.may("reply", found.state):
        said = thread(actor, Permission.REPLY, found)
    return _Now(found, open_places, said)


def _begun(now: _Now, name: str, draft: Draft) -> Begun | None:
    """None for a reply that can be sent no more: the thread shows it where its form stood."""
    reference = now.found.reference
    if name == ADD:
        lines = None if now.found.state != "withdrawn" else _lines(draft)
        return Begun(
            _("Add information"), url_for("messaging.add", reference=reference), draft.at, draft.version, lines
        )
    if name == REPLY and now.reply:
        here = url_for("referrals.show", reference=reference, _anchor="messages")
        return Begun(_("Your reply"), here, draft.at, draft.version)
    if name.startswith(ANSWER):
        message_id = UUID(name.removeprefix(ANSWER))
        href = url_for("messaging.answer", reference=reference, message_id=message_id)
        lines = None if now.reply else _answered(now, message_id, draft)
        return Begun(_("Answer the council’s questions"), href, draft.at, draft.version, lines)
    return _correction(now, name.removeprefix(CORRECT), draft) if name.startswith(CORRECT) else None


def _answered(now: _Now, message_id: UUID, draft: Draft) -> tuple[str, ...]:
    """What was typed to the questions of a message."""
    chosen = next((one.chosen for one in now.said if one.id == message_id), ())
    return _lines(
        draft, *((f"{LATER}{number}", question_of(now.found, one.place)) for number, one in enumerate(chosen))
    )


def _correction(now: _Now, text: str, draft: Draft) -> Begun:
    """A correction, which another answer may have closed since."""
    ((label, _done),) = labels(now.found, [Chosen(text)], language())
    href = url_for("messaging.correct_answer", reference=now.found.reference, answer=text)
    title = _("Correct an answer: %(question)s", question=label)
    if text in now.places:
        return Begun(title, href, draft.at, draft.version)
    if now.found.state != "withdrawn":
        title = _("Correct an answer: %(question)s (it is not asked any more)", question=label)
    question = question_of(now.found, text)
    return Begun(title, href, draft.at, draft.version, _lines(draft, (question.key if question else "", question)))


def _lines(draft: Draft, *asked: tuple[str, Question | None]) -> tuple[str, ...]:
    """What was typed to questions of the form, each with the name of its field, and the words beside them."""
    questions = [replace(one, key=key, required=False, show_when=None) for key, one in asked if one is not None]
    typed = unsent.answers_typed(sheet.Sheet(questions, {}), draft.fields)
    return tuple(one for one in (*typed, draft.one("message")) if one.strip())


def _asked(found: Found, now: Answers, text: str) -> bool:
    place = place_of(text)
    try:
        return place is not None and bool(question_at(found, now, place))
    except NotFound:
        return False
