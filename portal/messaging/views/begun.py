"""What somebody began to write to the council about a report and has not sent, so that nobody takes it for sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.kernel.errors import NotFound
from portal.messaging.chosen import labels
from portal.messaging.commands.correcting import question_at
from portal.messaging.queries import Chosen
from portal.messaging.queries.drafts import ADD, ANSWER, CORRECT, REPLY, Draft
from portal.messaging.views import unsent
from portal.referrals import states
from portal.referrals.places import place_of
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of
from portal.referrals.views.blueprint import language


@dataclass(frozen=True)
class Begun:
    """A form with words that were not sent: what it is, where ("": it is no more), and when somebody typed last."""

    title: str
    href: str
    at: datetime


def referrer_panel(found: Found | None = None, **_about: Any) -> str:
    """The person's own drafts on this report, each with its page; "" without any, and where none can be sent."""
    if found is None or found.state == "withdrawn" or not guard.may(Permission.REPLY):
        return ""
    every = [(name, draft) for name, draft in unsent.every(found).items() if not draft.blank]
    told = [one for name, draft in every if (one := _begun(found, name, draft)) is not None]
    if not told:
        return ""
    return render_template("messaging/_begun.html", begun=sorted(told, key=lambda one: one.at, reverse=True))


def _begun(found: Found, name: str, draft: Draft) -> Begun | None:
    reference, takes_reply = found.reference, states.may("reply", found.state)
    if name == ADD:
        return Begun(_("Add information"), url_for("messaging.add", reference=reference), draft.at)
    if name == REPLY and takes_reply:
        return Begun(_("Your reply"), url_for("referrals.show", reference=reference, _anchor="messages"), draft.at)
    if name.startswith(ANSWER) and takes_reply:
        href = url_for("messaging.answer", reference=reference, message_id=UUID(name.removeprefix(ANSWER)))
        return Begun(_("Answer the council’s questions"), href, draft.at)
    return _correction(found, name.removeprefix(CORRECT), draft) if name.startswith(CORRECT) else None


def _correction(found: Found, text: str, draft: Draft) -> Begun:
    """A correction; without a page where another answer has closed the question since."""
    ((label, _done),) = labels(found, [Chosen(text)], language())
    if not _asked(found, text):
        return Begun(_("Correct an answer: %(question)s (it is not asked any more)", question=label), "", draft.at)
    href = url_for("messaging.correct_answer", reference=found.reference, answer=text)
    return Begun(_("Correct an answer: %(question)s", question=label), href, draft.at)


def _asked(found: Found, text: str) -> bool:
    now, place = as_now(answers_of(found), corrections(guard.actor(), Permission.REPLY, found)), place_of(text)
    try:
        return place is not None and bool(question_at(found, now, place))
    except NotFound:
        return False
