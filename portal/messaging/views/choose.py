"""Asking a referrer with the council's ready words, and with questions of the report's own form from a folded list."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Invalid
from portal.messaging.chosen import sections
from portal.messaging.commands.choosing import MOST_QUESTIONS, checked_places
from portal.messaging.inputs import QuestionInput
from portal.messaging.queries.drafts import ASK
from portal.messaging.views import asking, bringing, readying, unsent
from portal.messaging.views.blueprint import blueprint
from portal.messaging.views.forms import question_views
from portal.referrals.presenting import answer_groups
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.views.blueprint import language
from portal.referrals.wording import Wording
from portal.web.fields import FieldView
from portal.web.security import large


@blueprint.route("/screening/<reference>/ask/questions", methods=["GET", "POST"])
@large(bringing.most)
@page(Permission.ASK)
def choose(reference: str) -> ResponseReturnValue:
    """The form's questions by heading, to choose from, beside the words of a message."""
    found = find(guard.actor(), Permission.ASK, reference)
    if request.method != "POST":
        if asking.able(found):
            return page_of(found)
        return redirect(url_for("screening.show", reference=found.reference), 303)
    aside = _aside(found)
    if aside is not None:
        return aside
    g.message_form = form = asking.sending(found)
    trouble = closed(found)
    if trouble:
        return page_of(found, trouble), HTTPStatus.UNPROCESSABLE_ENTITY
    status = bringing.send(found, form, asking.act(found, form))
    if status != HTTPStatus.SEE_OTHER:
        return page_of(found), status
    unsent.settle(found, ASK)
    flash(_("Your question has been sent"), "success")
    return redirect(url_for("screening.show", reference=found.reference, _anchor="messages"), status)


def _aside(found: Found) -> ResponseReturnValue | None:
    """What another button than the one that sends does: keep or throw away the draft, or put ready words into it."""
    g.message_form = form = QuestionInput()
    status = unsent.pressed(found, ASK, form)
    if status == HTTPStatus.SEE_OTHER:
        return redirect(url_for("messaging.choose", reference=found.reference), status)
    status = status or readying.use(found, form)
    return None if status is None else (page_of(found), status)


def closed(found: Found) -> str:
    """Why the questions that were posted cannot be asked; "" where they can."""
    try:
        checked_places(guard.actor(), found, asking.wanted(found))
    except Invalid as error:
        if error.errors.get("questions") == "too_many":
            return str(_("Choose %(most)s questions or fewer", most=MOST_QUESTIONS))
        return bringing.closed_words()
    return ""


def page_of(found: Found, trouble: str = "") -> str:
    """The whole form, with what was posted or kept; `trouble` is why its questions were refused."""
    made = corrections(guard.actor(), Permission.ASK, found)
    groups = answer_groups(found, as_now(answers_of(found), made), language())
    views, ready = question_views(found), readying.words_of(found)
    wrong = [FieldView("checkboxes", "questions", "", error=trouble)] if trouble else []
    return render_template(
        "messaging/choose.html",
        found=found,
        wording=Wording(found.form_key),
        sections=sections(groups),
        wanted=asking.wanted(found),
        views=views,
        wrong=[*wrong, *([ready.choice] if ready.choice else []), *views.values(), *bringing.errors()],
        ready=ready,
        unsent=asking.unsent_of(found),
        trouble=trouble,
        upload=bringing.field(),
    )
