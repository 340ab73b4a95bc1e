"""The answers of a scenario as fields: none yet, those that it has, or what was posted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _

from portal.forms.answers.refilling import typed_from
from portal.forms.asking import Asked, read_triage
from portal.forms.mistakes import SchemaMistakes
from portal.forms.queries.drafts import Draft
from portal.forms.questionnaire import Form, Question, visible
from portal.forms.questions import field as field_view
from portal.forms.schema import parse_form
from portal.forms.views.blueprint import language
from portal.web.fields import FieldView, OptionView

SHOWN, DISAGREES, PREFIX = "shown_key", "scenario-disagrees", "answer-"


def questionnaire(draft: Draft) -> Form | None:
    """The draft's questions, None while they have mistakes and cannot be asked."""
    try:
        return parse_form(draft.form)
    except SchemaMistakes:
        return None


def begun(form: Form, answers: Mapping[str, Any]) -> Asked:
    """The questions that these answers lead to, each with its answer."""
    questions = visible(form.triage_questions(), answers)
    typed = {one.key: typed_from(one, _ticked(one, answers[one.key])) for one in questions if one.key in answers}
    return Asked(tuple(questions), dict(answers), typed, (), more=False)


def posted(form: Form) -> Asked:
    """What was answered on the page."""
    return read_triage(form, request.form.to_dict(flat=False), frozenset(request.form.get(SHOWN, "").split()), PREFIX)


def given(draft: Draft, asked: Asked, before: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to keep. Where the page says what `before` says, in whatever words, all of that stays as it was,
    with answers to questions that are not reached."""
    answers = dict(asked.answers)
    for one in asked.questions:
        if before.get(one.key) == [] and answers.get(one.key) in (None, _ticked(one, [])):
            answers[one.key] = []
    override = str(draft.thresholds.get("override_answer") or "")
    if override and (_says_disagrees() or override in before):
        answers[override] = "yes" if _says_disagrees() else "no"
    shown = {*(one.key for one in asked.questions), override}
    return dict(before) if answers == {key: before[key] for key in before if key in shown} else answers


def drawn_fields(asked: Asked) -> list[FieldView]:
    """The questions as a referrer sees them."""
    return [field_view(one, language(), asked.typed.get(one.key), asked.errors, PREFIX) for one in asked.questions]


def names_shown(asked: Asked) -> str:
    """What the page says back about which questions it showed."""
    return " ".join(one.key for one in asked.questions)


def disagrees_field(draft: Draft, before: Mapping[str, Any]) -> FieldView:
    """Whether the referrer says “I disagree”: as posted, else as the scenario has it."""
    stored = before.get(str(draft.thresholds.get("override_answer"))) == "yes"
    ticked = _says_disagrees() if request.method == "POST" else stored
    return FieldView(
        kind="checkboxes",
        name=DISAGREES,
        label="",
        value=("yes",) if ticked else (),
        options=(OptionView("yes", _("The referrer disagrees with the route")),),
    )


def _says_disagrees() -> bool:
    return request.form.get(DISAGREES) == "yes"


def _ticked(question: Question, value: Any) -> Any:
    """A scenario may say "none" with no option at all; on the page that is the answer "none of these"."""
    alone = [option.value for option in question.options if option.exclusive]
    return alone[:1] if value == [] and alone else value
