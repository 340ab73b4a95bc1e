"""A referrer answers the form's own questions that a message asks, all on one page."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.chosen import Field, fields, labels
from portal.messaging.commands.answering import Answering, answer
from portal.messaging.inputs import AnswerInput
from portal.messaging.queries import Said, thread
from portal.messaging.views import unsent
from portal.messaging.views.blueprint import blueprint
from portal.messaging.views.forms import message_views
from portal.referrals import states
from portal.referrals.queries.corrections import as_now, corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.views import sheet
from portal.referrals.views.blueprint import language
from portal.referrals.wording import Wording
from portal.web.fields import FieldView


@blueprint.route("/referrals/<reference>/answer/<uuid:message_id>", methods=["GET", "POST"], endpoint="answer")
@page(Permission.REPLY)
def answer_page(reference: str, message_id: UUID) -> ResponseReturnValue:
    """The questions that the message asks as the form asks them, and a reply in one's own words."""
    actor = guard.actor()
    found = find(actor, Permission.REPLY, reference)
    asked = next((one for one in thread(actor, Permission.REPLY, found) if one.id == message_id and one.chosen), None)
    if asked is None:
        raise NotFound("no such question")
    now = as_now(answers_of(found), corrections(actor, Permission.REPLY, found))
    open_fields = fields(found, now, asked.chosen)
    if request.method != "POST":
        if not states.may("reply", found.state):
            return redirect(url_for("referrals.show", reference=found.reference), 303)
        return _page(found, asked, _as_kept(found, asked, open_fields))
    g.message_form = form = AnswerInput()
    pressed = unsent.pressed(found, unsent.answer_name(asked.id), form)
    if pressed is None:
        return _answer(found, asked, open_fields, form)
    if pressed == HTTPStatus.SEE_OTHER:
        return redirect(url_for("messaging.answer", reference=found.reference, message_id=asked.id), pressed)
    return _page(found, asked, [view for one in open_fields for view in sheet.read(_sheet(one)).fields]), pressed


def _answer(found: Found, asked: Said, open_fields: list[Field], form: AnswerInput) -> ResponseReturnValue:
    read = [(one, sheet.read(_sheet(one))) for one in open_fields]
    shown = [view for _one, told in read for view in told.fields]
    if not form.validate_on_submit() or any(told.wrong for _one, told in read):
        return _page(found, asked, shown), HTTPStatus.UNPROCESSABLE_ENTITY
    told_now = {one.place: (told.answers.get(one.key), one.at.value) for one, told in read}
    given = {place: value for place, (value, was) in told_now.items() if value is not None and value != was}
    if len(_left(asked, given)) == len(asked.chosen) and not form.message.data:
        form.refuse("message", _("Answer a question, or write a reply"))
        return _page(found, asked, shown), HTTPStatus.UNPROCESSABLE_ENTITY
    reason = str(_("Answer to the council’s question"))
    try:
        answer(guard.actor(), found, Answering(asked.id, given, _told(found, asked, given, form), reason, form.mark()))
    except Conflict:
        form.refuse("message", Wording(found.form_key)["changed_while_writing"])
        return _page(found, asked, shown), HTTPStatus.CONFLICT
    except Invalid:
        form.refuse("message", _("Remove characters that cannot be read, such as control characters"))
        return _page(found, asked, shown), HTTPStatus.UNPROCESSABLE_ENTITY
    unsent.settle(found, unsent.answer_name(asked.id))
    if _left(asked, given):
        flash(_("Your answers have been sent. The council sees which questions are still open."), "success")
    else:
        flash(_("Your answers have been sent"), "success")
    return redirect(url_for("referrals.show", reference=found.reference), 303)


def _as_kept(found: Found, asked: Said, open_fields: list[Field]) -> list[FieldView]:
    """The questions with what the person typed and has not sent, else as they are answered now."""
    typed = unsent.fields_of(found, unsent.answer_name(asked.id))
    return [
        view
        for one in open_fields
        for view in (
            sheet.read(_sheet(one), typed, quiet=True).fields if typed else sheet.fields_of(_sheet(one), _value(one))
        )
    ]


def _told(found: Found, asked: Said, given: dict[str, Any], form: AnswerInput) -> str:
    """The reply: one's own words, then which questions are answered and which are not; never the answers again."""
    names = [name for name, _done in labels(found, asked.chosen, language())]
    told = dict(zip((one.place for one in asked.chosen), names, strict=True))
    still = _left(asked, given)
    # What was answered before is told again, so that a second click says what the first one did.
    done, left = [name for place, name in told.items() if place not in still], [told[place] for place in still]
    parts = [str(form.message.data or "")]
    if done:
        parts.append("\n".join([str(_("Answered:")), *(f"- {name}" for name in done)]))
    if left:
        parts.append("\n".join([str(_("Not answered:")), *(f"- {name}" for name in left)]))
    return "\n\n".join(part for part in parts if part)


def _left(asked: Said, given: dict[str, Any]) -> list[str]:
    """The places of what is answered neither now nor before."""
    return [one.place for one in asked.chosen if one.place not in given and one.correction_id is None]


def _sheet(one: Field) -> sheet.Sheet:
    return sheet.Sheet([one.question], one.at.known)


def _value(one: Field) -> dict[str, Any]:
    return {} if one.at.value is None else {one.key: one.at.value}


def _elsewhere(found: Found, asked: Said, typed: unsent.Fields) -> list[str]:
    now = as_now(answers_of(found), corrections(guard.actor(), Permission.REPLY, found))
    open_fields = fields(found, now, asked.chosen)
    return [line for one in open_fields for line in unsent.answers_typed(_sheet(one), typed)]


def _page(found: Found, asked: Said, shown: list[FieldView]) -> str:
    name = unsent.answer_name(asked.id)
    views = message_views(AnswerInput, found, name)
    return render_template(
        "messaging/answer.html",
        found=found,
        wording=Wording(found.form_key),
        asked=asked,
        fields=shown,
        views=views,
        unsent=unsent.form_of(found, name, partial(_elsewhere, found, asked)),
    )
