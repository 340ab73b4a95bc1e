"""A draft's questions as the referrer would see them, in the frame of the real page; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.council_words import words_for
from portal.forms.editing.form_parts import Entry, questions
from portal.forms.questionnaire import Question
from portal.forms.questions import field
from portal.forms.showable import showable
from portal.forms.substitutions import Words, fill, filled
from portal.forms.views.blueprint import blueprint, language
from portal.forms.views.desk import condition_of, desk, link_to, name_of
from portal.kernel import scope
from portal.kernel.language import say
from portal.web.drawn import drawn

PREFIX = "preview"
NO_WORDS: Words = MappingProxyType({})


@dataclass(frozen=True)
class Shown:
    """One question drawn; `html` is empty when it cannot be drawn yet. `item` is what one person of a group is."""

    html: Markup
    language: str
    title: str = ""
    item: str = ""


@dataclass(frozen=True)
class Line:
    """One question in the list beneath the preview: where it is changed, and its condition in words."""

    title: str
    href: str
    condition: str


def shown_question(node: object, kind: str, wanted: str, own: Words = NO_WORDS) -> Shown:
    """A question of any shape as the referrer would see it in a language; `own` fills the council's words in."""
    found = showable(node, kind)
    if found is None:
        return Shown(drawn(()), wanted)
    question = filled(found, own)
    with force_locale(wanted):
        html = drawn(_fields(question, wanted))
    item = say(question.repeat.item, wanted) if question.repeat else ""
    return Shown(html, wanted, say(question.label, wanted), item)


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
    own = words_for(scope.council())
    with force_locale(wanted):
        buttons = _buttons(entry)
    return render_template(
        "forms/preview.html",
        desk=at,
        entry=entry,
        title=name_of(entry),
        back=link_to(form_id, entry.place),
        wanted=wanted,
        words={name: _said(entry.document.get(name), wanted, own) for name in ("title", "intro", "inset")},
        item=_said(_repeat(entry).get("item"), wanted, own),
        shown=[shown_question(one.node, one.place.kind, wanted, own) for one in asked],
        lines=[Line(name_of(one), link_to(form_id, one.place), condition_of(one, at)) for one in asked],
        condition=condition_of(entry, at),
        **buttons,
    )


def _repeat(entry: Entry) -> dict[str, Any]:
    found = entry.document.get("repeat")
    return found if isinstance(found, dict) and entry.place.kind == "section" else {}


def _said(text: object, wanted: str, own: Words) -> str:
    said = {key: value for key, value in text.items() if isinstance(value, str)} if isinstance(text, dict) else {}
    return fill(say(said, wanted), own.get(wanted, {}))


def _buttons(entry: Entry) -> dict[str, Any]:
    """The words of the page's own buttons in the language of the preview; they do nothing here."""
    first = {"page": _("Continue"), "section": _("Save and continue"), "urgent": _("Send urgent report")}
    second = [_("Save and come back later")] if entry.place.kind == "section" else []
    return {
        "buttons": [first[entry.place.kind], *second],
        "continue_words": _("Continue"),
        "nobody": _("None added yet."),
        "add": lambda item: _("Add: %(item)s", item=item),
        "another": lambda item: _("Add another: %(item)s", item=item),
    }
