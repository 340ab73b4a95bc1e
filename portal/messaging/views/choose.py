"""Asking a referrer with the council's ready words, and with questions of the report's own form from a folded list."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Invalid
from portal.kernel.language import words
from portal.messaging import commands
from portal.messaging.chosen import sections
from portal.messaging.commands.choosing import MOST_QUESTIONS, checked_places
from portal.messaging.inputs import QuestionInput
from portal.messaging.queries.drafts import ASK
from portal.messaging.ready import Ready, put, ready
from portal.messaging.views import bringing, unsent
from portal.messaging.views.blueprint import blueprint
from portal.messaging.views.forms import question_views
from portal.referrals import states
from portal.referrals.elsewhere import PORTAL
from portal.referrals.presenting import answer_groups
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.views.blueprint import language
from portal.referrals.views.uploading import chosen
from portal.referrals.wording import Wording
from portal.web.fields import FieldView, OptionView
from portal.web.posted import only_language
from portal.web.security import large

FIELD, TEMPLATE, USE = unsent.QUESTION, "template", "use"


@blueprint.route("/screening/<reference>/ask/questions", methods=["GET", "POST"])
@large(bringing.most)
@page(Permission.ASK)
def choose(reference: str) -> ResponseReturnValue:
    """The form's questions by heading, to choose from, beside the words of a message."""
    actor = guard.actor()
    found = find(actor, Permission.ASK, reference)
    able = found.owner_id == actor.account_id and states.may("ask", found.state) and found.channel == PORTAL
    if request.method != "POST":
        chosen = list(unsent.fields_of(found, ASK).get(FIELD, ()))
        return _page(found, chosen) if able else redirect(url_for("screening.show", reference=found.reference), 303)
    aside = _aside(found)
    if aside is not None:
        return aside
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
    unsent.settle(found, ASK)
    flash(_("Your question has been sent"), "success")
    return redirect(url_for("screening.show", reference=found.reference, _anchor="messages"), status)


def _aside(found: Found) -> ResponseReturnValue | None:
    """What another button than the one that sends does: keep or throw away the draft, or put ready words into it."""
    wanted = request.form.getlist(FIELD)
    g.message_form = form = QuestionInput()
    pressed = unsent.pressed(found, ASK, form)
    if pressed == HTTPStatus.SEE_OTHER:
        return redirect(url_for("messaging.choose", reference=found.reference), pressed)
    if pressed is not None:
        return _page(found, wanted), pressed
    if request.form.get(unsent.ACTION) != USE or only_language():
        return None
    words = next((one for one in _ready(found, form) if one.key == request.form.get(TEMPLATE)), None)
    if words is None:
        g.message_template = _("Choose the words that you want to use")
        return _page(found, wanted), HTTPStatus.UNPROCESSABLE_ENTITY
    before = str(form.message.data or "").strip()
    form.message.data = put(before, words.text)
    g.message_put = _put_words(before, str(form.message.data))
    if chosen(bringing.FIELD):
        g.message_problems = [_("Choose the files again, or send without them.")]
    return _page(found, wanted)


def _put_words(before: str, after: str) -> str:
    if before == after:
        return str(_("These words are there already. Nothing was changed."))
    if before:
        return str(_("The words were added below what you had typed. Nothing has been sent."))
    return str(_("The words are below. Change them as you need; nothing has been sent."))


def _ready(found: Found, form: QuestionInput) -> tuple[Ready, ...]:
    days = whole(form.days.data)
    return ready(scope.council(), found, commands.answer_by(days), language())


def _templates(found: Found) -> FieldView | None:
    """The ready words to choose from; None where the council has none."""
    form = g.get("message_form") or QuestionInput(formdata=None)
    options = tuple(OptionView(one.key, one.title) for one in _ready(found, form))
    if not options:
        return None
    return FieldView(
        "select", TEMPLATE, _("Ready words"),
        _("They are put into the box below, in the referrer’s language. What you have typed stays."),
        value=request.form.get(TEMPLATE, ""), error=g.get("message_template", ""),
        options=(OptionView("", _("Choose")), *options),
    )  # fmt: skip


def _trouble(error: Invalid) -> str:
    if error.errors.get("questions") == "too_many":
        return str(_("Choose %(most)s questions or fewer", most=MOST_QUESTIONS))
    return str(_("An answer has closed one of these questions meanwhile. Choose again"))


def _page(found: Found, wanted: list[str] | tuple[()], trouble: str = "") -> str:
    made = corrections(guard.actor(), Permission.ASK, found)
    groups = answer_groups(found, as_now(answers_of(found), made), language())
    views, templates = question_views(found), _templates(found)
    wrong = [FieldView("checkboxes", "questions", "", error=trouble)] if trouble else []
    return render_template(
        "messaging/choose.html",
        found=found,
        wording=Wording(found.form_key),
        sections=sections(groups),
        wanted=wanted,
        views=views,
        wrong=[*wrong, *([templates] if templates else []), *views.values(), *bringing.errors()],
        templates=templates,
        put=g.get("message_put", ""),
        unsent=unsent.form_of(found, ASK),
        trouble=trouble,
        upload=bringing.field(),
    )
