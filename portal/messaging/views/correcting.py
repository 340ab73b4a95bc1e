"""Correcting an answer of a report that was sent, and what was corrected on both sides' pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.questionnaire import Question
from portal.forms.questions import summary
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.commands import correcting
from portal.messaging.commands.correcting import Correcting, question_at
from portal.messaging.inputs import CorrectionInput
from portal.messaging.presenting import corrections_told
from portal.messaging.queries import thread
from portal.messaging.views import unsent
from portal.messaging.views.blueprint import blueprint
from portal.referrals.places import Asked, Place, place_of
from portal.referrals.presenting import Group, answer_groups, marked, place_in
from portal.referrals.progress import route_name
from portal.referrals.queries.corrections import Corrected, as_now, corrections
from portal.referrals.queries.record import Found, answers_of, find
from portal.referrals.views import sheet
from portal.referrals.views.blueprint import language
from portal.referrals.wording import Wording
from portal.web.fields import FieldView, from_form


@blueprint.get("/referrals/<reference>/correct")
@page(Permission.REPLY)
def correct(reference: str) -> ResponseReturnValue:
    """Every answer as it is now, with a way to correct it."""
    found, made = _open(reference)
    if found.state == "withdrawn":
        return redirect(url_for("referrals.show", reference=found.reference), 303)
    now = as_now(answers_of(found), made)
    groups = marked(answer_groups(found, now, language()), {one.place for one in made})
    return render_template(
        "messaging/correct.html",
        found=found,
        wording=Wording(found.form_key),
        groups=[_with_places(found, group) for group in groups],
    )


@blueprint.route("/referrals/<reference>/correct/<answer>", methods=["GET", "POST"])
@page(Permission.REPLY)
def correct_answer(reference: str, answer: str) -> ResponseReturnValue:
    """One question with its answer as it is now, and why it is corrected."""
    found, made = _open(reference)
    where = place_of(answer)
    if where is None:
        raise NotFound("no such place")
    try:
        at = question_at(found, as_now(answers_of(found), made), where)
    except NotFound:
        # Another answer has closed it. What somebody kept of it before is on the report's page, to be thrown away.
        if not unsent.throwing():
            raise
        return _thrown(found, where)
    shown = _Page(found, len(made), at, where)
    if request.method == "POST":
        return _posted(shown)
    if found.state == "withdrawn":
        return redirect(url_for("referrals.show", reference=found.reference), 303)
    return _as_kept(shown)


def _thrown(found: Found, where: Place) -> ResponseReturnValue:
    """Throw away what was kept of a question that has no page any more."""
    if unsent.pressed(found, unsent.correct_name(where), CorrectionInput()) != HTTPStatus.SEE_OTHER:
        flash(_("Nothing was thrown away: you kept other words in another tab. Look at them first."), "important")
    return redirect(url_for("referrals.show", reference=found.reference), 303)


def _posted(shown: _Page) -> ResponseReturnValue:
    read, form, where, at = sheet.read(shown.paper), CorrectionInput(), shown.where, shown.at
    if shown.found.state == "withdrawn" and unsent.saving():
        return _changed(shown, sheet.read(shown.paper, quiet=True).fields, form)
    pressed = unsent.pressed(shown.found, shown.name, form)
    if pressed == HTTPStatus.SEE_OTHER:
        here = url_for("messaging.correct_answer", reference=shown.found.reference, answer=where.text())
        return redirect(here, pressed)
    if pressed is not None:
        return _form(shown, sheet.read(shown.paper, quiet=True).fields, form), pressed
    good = form.validate_on_submit()
    if read.wrong or not good:
        return _form(shown, read.fields, form), HTTPStatus.UNPROCESSABLE_ENTITY
    given = Correcting(
        where, read.answers.get(at.question.key), str(form.message.data), whole(form.seen.data) or 0, form.mark()
    )
    return _correct(shown, given, read.fields, form)


def _as_kept(shown: _Page) -> str:
    """The page with what the person typed and has not sent, else with the answer as it is now."""
    at, typed = shown.at, unsent.fields_of(shown.found, shown.name)
    if not typed:
        fields = sheet.fields_of(shown.paper, {} if at.value is None else {at.question.key: at.value})
        return _form(shown, fields, CorrectionInput(formdata=None))
    form = CorrectionInput(formdata=None, data={"message": next(iter(typed.get("message", ())), "")})
    return _form(shown, sheet.read(shown.paper, typed, quiet=True).fields, form)


@dataclass(frozen=True)
class _Page:
    """A question of a report, and how many corrections there were when its page was made."""

    found: Found
    seen: int
    at: Asked
    where: Place

    @property
    def paper(self) -> sheet.Sheet:
        """The question by itself."""
        return sheet.Sheet([self.at.question], self.at.known)

    @property
    def name(self) -> str:
        """The name of its draft."""
        return unsent.correct_name(self.where)


def _correct(shown: _Page, given: Correcting, fields: list[FieldView], form: CorrectionInput) -> ResponseReturnValue:
    try:
        correcting.correct(guard.actor(), shown.found, given)
    except Invalid as error:
        if "value" in error.errors:
            fields = [replace(fields[0], error=_("This is the answer that is there already. Change it, or go back"))]
        else:
            form.refuse("message", _("Enter why the answer is corrected"))
        return _form(shown, fields, form), HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict:
        return _changed(shown, fields, form)
    unsent.settle(shown.found, shown.name)
    flash(_("The answer was corrected. The council sees the old answer, the new one and your reason."), "success")
    return redirect(url_for("referrals.show", reference=shown.found.reference), 303)


def _changed(shown: _Page, fields: list[FieldView], form: CorrectionInput) -> ResponseReturnValue:
    form.refuse("message", _("Something changed while you were writing. Nothing was sent: look at the answer now."))
    return _form(shown, fields, form), HTTPStatus.CONFLICT


def _open(reference: str) -> tuple[Found, tuple[Corrected, ...]]:
    found = find(guard.actor(), Permission.REPLY, reference)
    return found, corrections(guard.actor(), Permission.REPLY, found)


def _form(shown: _Page, fields: list[FieldView], form: CorrectionInput) -> str:
    views = from_form(form)
    if not views["once"].value:
        views["once"] = replace(views["once"], value=str(uuid4()))
    views["seen"] = replace(views["seen"], value=str(shown.seen))
    return render_template(
        "messaging/correct_answer.html",
        found=shown.found,
        wording=Wording(shown.found.form_key),
        fields=fields,
        views=views,
        now=_in_words(shown.at.question, shown.at.value),
        shown=shown.at.question.key,
        here=url_for("messaging.correct_answer", reference=shown.found.reference, answer=shown.where.text()),
        unsent=unsent.form_of(shown.found, shown.name, partial(unsent.answers_typed, shown.paper)),
    )


def _in_words(question: Question, value: Any) -> str:
    return summary(question, value, language()) if value is not None else ""


def _with_places(found: Found, group: Group) -> Group:
    """The group with the page of each answer that can be corrected."""

    def href(place: Place) -> str:
        return url_for(".correct_answer", reference=found.reference, answer=place.text())

    rows = tuple(replace(row, href=href(place_in(group, row))) if row.key else row for row in group.rows)
    return replace(group, rows=rows)


def referrer_panel(found: Found | None = None, **_about: Any) -> str:
    """What was corrected, on the referrer's page; "" while nothing was."""
    return _panel(Permission.TRACK, found)


def council_panel(found: Found | None = None, corrected: tuple[Corrected, ...] | None = None, **_about: Any) -> str:
    """What was corrected, above the answers on the screener's page; "" while nothing was. `corrected`: the corrections
    where the page has read them already."""
    return _panel(Permission.LOOK, found, corrected)


def _panel(permission: Permission, found: Found | None, made: tuple[Corrected, ...] | None = None) -> str:
    actor = guard.actor()
    if made is None:
        made = corrections(actor, permission, found) if found is not None else ()
    if found is None or not made:
        return ""
    said = {one.id: one for one in thread(actor, permission, found)}
    told = corrections_told(found, answers_of(found), made, said, language())
    if not told and not found.rules_now:
        # What no question of this council's form asks: another council's report has come to keep something secret.
        return ""
    return render_template(
        "messaging/_corrections.html",
        told=told,
        rules_now=route_name(found.rules_now) if found.rules_now else "",
        council=permission is Permission.LOOK,
    )
