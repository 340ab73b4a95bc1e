"""The council's ready words beside both forms that ask a referrer: a choice of them, and a button that puts them into
what was typed. Nothing is sent by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import g, request
from flask_babel import gettext as _

from portal.kernel import scope
from portal.kernel.digits import whole
from portal.messaging import commands
from portal.messaging.inputs import QuestionInput
from portal.messaging.ready import DUE_GAP, put, ready
from portal.messaging.views import bringing, unsent
from portal.referrals.queries.record import Found
from portal.referrals.views.blueprint import language
from portal.referrals.views.uploading import chosen
from portal.web.dates import datetime_words
from portal.web.fields import FieldView, OptionView
from portal.web.posted import only_language

TEMPLATE, USE = "template", "use"


@dataclass(frozen=True)
class Words:
    """What a form shows of them: the choice (None where the council has none), and what was just done."""

    choice: FieldView | None
    put: str = ""


def use(found: Found, form: QuestionInput) -> HTTPStatus | None:
    """Put the chosen words below what stands in the form, if that button was pressed: 200, or 422 where none were
    chosen; None where another was."""
    if request.form.get(unsent.ACTION) != USE or only_language():
        return None
    wanted = request.form.get(TEMPLATE)
    words = next((one for one in ready(scope.council(), found, language()) if one.key == wanted), None)
    if words is None:
        g.message_template = _("Choose the words that you want to use")
        return HTTPStatus.UNPROCESSABLE_ENTITY
    before = str(form.message.data or "").strip()
    form.message.data = put(before, words.text)
    g.message_put = _done(before, str(form.message.data))
    if chosen(bringing.FIELD):
        g.message_problems = [_("Choose the files again, or send without them.")]
    return HTTPStatus.OK


def _done(before: str, after: str) -> str:
    if before == after:
        return str(_("These words are there already. Nothing was changed."))
    if before:
        return str(_("The words were added below what you had typed. Nothing has been sent."))
    return str(_("The words are below. Change them as you need; nothing has been sent."))


def words_of(found: Found) -> Words:
    """The council's ready words to choose from."""
    options = tuple(OptionView(one.key, one.title) for one in ready(scope.council(), found, language()))
    if not options:
        return Words(None)
    choice = FieldView(
        "select", TEMPLATE, _("Ready words"),
        _("They are put into the box below, in the referrer’s language. What you have typed stays."),
        value=request.form.get(TEMPLATE, ""), error=g.get("message_template", ""),
        options=(OptionView("", _("Choose")), *options),
    )  # fmt: skip
    return Words(choice, g.get("message_put", ""))


def errors() -> list[FieldView]:
    """That no words were chosen, for the error summary."""
    return [FieldView("select", TEMPLATE, "", error=told)] if (told := g.get("message_template", "")) else []


def with_due(views: dict[str, FieldView]) -> dict[str, FieldView]:
    """The fields of a question; where its words have the gap of the due date, with what that would become now."""
    if DUE_GAP not in str(views["message"].value):
        return views
    days = views["days"]
    told = _(
        "((answer_by)) in your words becomes that day and time when you send them. Sent now it would be %(when)s.",
        when=datetime_words(commands.answer_by(whole(str(days.value)))),
    )
    return views | {"days": replace(days, hint=f"{days.hint} {told}")}
