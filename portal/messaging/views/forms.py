"""The fields of a thread's forms: as they were refused in this request, else as they were kept, with a new mark."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from flask import g

from portal.kernel import scope
from portal.messaging.inputs import MessageInput, QuestionInput
from portal.messaging.queries.drafts import ASK
from portal.messaging.views import held, unsent
from portal.messaging.views.readying import with_due
from portal.referrals.queries.record import Found
from portal.web.fields import FieldView, from_form


def message_views(form_class: type[MessageInput], found: Found, name: str) -> dict[str, FieldView]:
    """The fields of a form of that kind, with what is kept of it in `name`."""
    form = g.get("message_form")
    if not isinstance(form, form_class):
        form = form_class(formdata=None, data={"message": _kept(found, name, "message")})
    views = from_form(form)
    if not views["once"].value:
        views["once"] = replace(views["once"], value=str(uuid4()))
    return views


def _kept(found: Found, name: str, field: str) -> str:
    return next(iter(unsent.fields_of(found, name).get(field, ())), "")


def question_views(found: Found) -> dict[str, FieldView]:
    """The council's form; once what was typed was held, with the box that confirms just that."""
    views = message_views(QuestionInput, found, ASK)
    if not views["days"].value and "message_form" not in g:
        usual = str(scope.council().settings.asking.answer_working_days)
        views["days"] = replace(views["days"], value=_kept(found, ASK, "days") or usual)
    text = str(views["message"].value)
    box = held.box(found, text.strip()) if views["message"].error else None
    if box is None:
        return with_due({name: views[name] for name in ("once", "message", "days")})
    return with_due({name: views[name] for name in ("once", "message")} | {"confirmed": box, "days": views["days"]})
