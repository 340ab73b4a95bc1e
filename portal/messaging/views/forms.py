"""The fields of a thread's forms: as they were refused in this request, else empty with a new mark."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from flask import g

from portal.messaging.commands.touching import council_of_scope
from portal.messaging.inputs import MessageInput, QuestionInput
from portal.messaging.views import held
from portal.referrals.queries.record import Found
from portal.web.fields import FieldView, from_form


def message_views(form_class: type[MessageInput]) -> dict[str, FieldView]:
    """The fields of a form of that kind."""
    form = g.get("message_form")
    if not isinstance(form, form_class):
        form = form_class(formdata=None)
    views = from_form(form)
    if not views["once"].value:
        views["once"] = replace(views["once"], value=str(uuid4()))
    return views


def question_views(found: Found) -> dict[str, FieldView]:
    """The council's form; once what was typed was held, with the box that confirms just that."""
    views = message_views(QuestionInput)
    if not views["days"].value and "message_form" not in g:
        views["days"] = replace(views["days"], value=str(council_of_scope().settings.asking.answer_working_days))
    text = str(views["message"].value)
    box = held.box(found, text.strip()) if views["message"].error else None
    if box is None:
        return {name: views[name] for name in ("once", "message", "days")}
    return {name: views[name] for name in ("once", "message")} | {"confirmed": box, "days": views["days"]}
