"""What both forms that ask a referrer do with what was posted: the questions of the form go along from either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from flask import g, request
from werkzeug.datastructures import MultiDict

from portal.auth import guard
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.language import words
from portal.messaging import commands
from portal.messaging.chosen import labels
from portal.messaging.commands.choosing import MOST_QUESTIONS
from portal.messaging.inputs import QuestionInput
from portal.messaging.queries import Chosen
from portal.messaging.queries.drafts import ASK
from portal.messaging.ready import dated
from portal.messaging.views import bringing, unsent
from portal.referrals import states
from portal.referrals.elsewhere import PORTAL
from portal.referrals.queries.record import Found
from portal.referrals.views.blueprint import language
from portal.web.posted import only_language

FIELD = unsent.QUESTION


@dataclass(frozen=True)
class Going:
    """A question of the form that goes along with a message: its place, and its label."""

    value: str
    label: str


def able(found: Found) -> bool:
    """Whether this person may ask about the report now."""
    mine = found.owner_id == guard.actor().account_id
    return mine and states.may("ask", found.state) and found.channel == PORTAL


def wanted(found: Found) -> list[str]:
    """The questions that were chosen: as posted, else as the person's draft has them."""
    if "message_form" in g:
        return request.form.getlist(FIELD)
    return list(unsent.fields_of(found, ASK).get(FIELD, ()))


def going(found: Found) -> list[Going]:
    """Those questions in words, for the short form, which sends them along."""
    return _in_words(found, wanted(found))


def _in_words(found: Found, chosen: Sequence[str]) -> list[Going]:
    places = list(dict.fromkeys(chosen))[: MOST_QUESTIONS + 1]
    told = labels(found, [Chosen(one) for one in places], language())
    return [Going(place, label) for place, (label, _done) in zip(places, told, strict=True)]


def unsent_of(found: Found) -> unsent.Form:
    """What either page shows of the draft; another tab's has its questions, too."""
    return unsent.form_of(found, ASK, lambda typed: [one.label for one in _in_words(found, typed.get(FIELD, ()))])


def sending(found: Found) -> QuestionInput:
    """The form as it is to be sent: a message that only asks questions of the form says so. One that is only wanted in
    another language stays as it was typed."""
    typed: MultiDict[str, str] = request.form.copy()
    sent = not request.form.get(unsent.ACTION) and not only_language()
    if sent and request.form.getlist(FIELD) and not typed.get("message", "").strip():
        typed["message"] = words(found.language, "Please answer the questions below.")
    return QuestionInput(formdata=typed)


def act(found: Found, form: QuestionInput) -> bringing.Act:
    """The command with what was posted."""
    return partial(
        commands.ask,
        confirmed=str(form.confirmed.data or ""),
        days=whole(form.days.data),
        questions=request.form.getlist(FIELD),
        dated=dated(scope.council(), found),
    )
