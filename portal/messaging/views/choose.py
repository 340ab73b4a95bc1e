"""Asking a referrer with questions of the report's own form, chosen from a folded list of them."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.digits import whole
from portal.kernel.errors import Invalid
from portal.kernel.language import words
from portal.messaging import commands
from portal.messaging.chosen import sections
from portal.messaging.commands.choosing import MOST_QUESTIONS, checked_places
from portal.messaging.inputs import QuestionInput
from portal.messaging.views import bringing
from portal.messaging.views.blueprint import blueprint
from portal.messaging.views.forms import question_views
from portal.referrals import states
from portal.referrals.elsewhere import PORTAL
from portal.referrals.presenting import answer_groups
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.views.blueprint import language
from portal.referrals.wording import Wording
from portal.web.fields import FieldView
from portal.web.security import large

FIELD = "question"


@blueprint.route("/screening/<reference>/ask/questions", methods=["GET", "POST"])
@large(bringing.most)
@page(Permission.ASK)
def choose(reference: str) -> ResponseReturnValue:
    """The form's questions by heading, to choose from, beside the words of a message."""
    actor = guard.actor()
    found = find(actor, Permission.ASK, reference)
    able = found.owner_id == actor.account_id and states.may("ask", found.state) and found.channel == PORTAL
    if request.method != "POST":
        return _page(found, ()) if able else redirect(url_for("screening.show", reference=found.reference), 303)
    typed, wanted = request.form.copy(), request.form.getlist(FIELD)
    if wanted and not typed.get("message", "").strip():
        typed["message"] = words(found.language, "Please answer the questions below.")
    form = QuestionInput(formdata=typed)
    g.message_form = form
    try:
        checked_places(actor, found, wanted)
    except Invalid as error:
        return _page(found, wanted, _trouble(error)), HTTPStatus.UNPROCESSABLE_ENTITY
    act = partial(commands.ask, confirmed=str(form.confirmed.data or ""), days=whole(form.days.data), questions=wanted)
    status = bringing.send(found, form, act)
    if status != HTTPStatus.SEE_OTHER:
        return _page(found, wanted), status
    flash(_("Your question has been sent"), "success")
    return redirect(url_for("screening.show", reference=found.reference, _anchor="messages"), status)


def _trouble(error: Invalid) -> str:
    if error.errors.get("questions") == "too_many":
        return str(_("Choose %(most)s questions or fewer", most=MOST_QUESTIONS))
    return str(_("An answer has closed one of these questions meanwhile. Choose again"))


def _page(found: Found, wanted: list[str] | tuple[()], trouble: str = "") -> str:
    made = corrections(guard.actor(), Permission.ASK, found)
    groups = answer_groups(found, as_now(answers_of(found), made), language())
    views = question_views(found)
    wrong = [FieldView("checkboxes", "questions", "", error=trouble)] if trouble else []
    return render_template(
        "messaging/choose.html",
        found=found,
        wording=Wording(found.form_key),
        sections=sections(groups),
        wanted=wanted,
        views=views,
        wrong=[*wrong, *views.values(), *bringing.errors()],
        trouble=trouble,
        upload=bringing.field(),
    )
