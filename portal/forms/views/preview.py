"""A draft's questions as the referrer would see them, drawn by the same parts as the real page; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask_babel import force_locale
from markupsafe import Markup

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.editing.form_parts import Entry, questions
from portal.forms.questionnaire import Question
from portal.forms.questions import field
from portal.forms.showable import showable
from portal.forms.views.blueprint import blueprint, language
from portal.forms.views.desk import Desk, condition_of, desk, link_to, name_of
from portal.kernel.language import say
from portal.web.drawn import drawn

PREFIX = "preview"


@dataclass(frozen=True)
class Shown:
    """One question drawn, with its condition in words; `html` is empty when it cannot be drawn yet."""

    html: Markup
    language: str
    condition: str = ""
    title: str = ""
    href: str = ""


def shown_question(node: object, kind: str, wanted: str) -> Shown:
    """A question of any shape as the referrer would see it in a language."""
    question = showable(node, kind)
    if question is None:
        return Shown(drawn(()), wanted)
    with force_locale(wanted):
        return Shown(drawn(_fields(question, wanted)), wanted)


def _fields(question: Question, wanted: str) -> Iterator[Any]:
    for each in question.questions if question.type == "group" else (question,):
        yield field(each, wanted, prefix=f"{PREFIX}-{wanted}-")


@blueprint.get("/forms/drafts/<uuid:form_id>/preview/<path:item>")
@page(Permission.PUBLISH)
def preview(form_id: UUID, item: str) -> str:
    """A page, section or question as the referrer would see it, in either language of the council."""
    at = desk(form_id)
    entry = at.entry(item)
    wanted = request.args.get("in", "")
    wanted = wanted if wanted in at.languages else language() if language() in at.languages else at.languages[0]
    asked = [entry] if entry.place.question else questions(entry)
    return render_template(
        "forms/preview.html",
        desk=at,
        entry=entry,
        title=name_of(entry),
        back=link_to(form_id, entry.place),
        wanted=wanted,
        words={name: _said(entry, name, wanted) for name in ("title", "intro", "inset")},
        shown=[_shown(at, one, wanted) for one in asked],
        condition=condition_of(entry, at.draft.form),
    )


def _said(entry: Entry, name: str, wanted: str) -> str:
    text = entry.document.get(name)
    said = {key: value for key, value in text.items() if isinstance(value, str)} if isinstance(text, dict) else {}
    return say(said, wanted)


def _shown(at: Desk, entry: Entry, wanted: str) -> Shown:
    made = shown_question(entry.node, entry.place.kind, wanted)
    return Shown(
        made.html,
        wanted,
        condition_of(entry, at.draft.form),
        name_of(entry),
        link_to(at.draft.id, entry.place),
    )
