"""Adding a question, and giving one another type: the first of the two steps, before its details."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.editing import questions as table
from portal.forms.editing import structure as editing
from portal.forms.editing.form_parts import Entry, questions
from portal.forms.editing.keys import key_from, taken_keys
from portal.forms.inputs.paper import Paper, posted
from portal.forms.inputs.question_words import TYPE_WORDS, words_of
from portal.forms.views.blueprint import blueprint
from portal.forms.views.desk import Desk, desk, holds_questions, link_to, name_of, seen
from portal.kernel.errors import Conflict, NotFound
from portal.web.posted import only_language


@blueprint.route("/forms/drafts/<uuid:form_id>/new-question/<path:item>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def new_question(form_id: UUID, item: str) -> ResponseReturnValue:
    """Add a question to a page, section or group: its words and its type first."""
    at = desk(form_id)
    holder = at.entry(item)
    if not holds_questions(holder):
        raise NotFound("nothing can be asked there")
    paper = Paper(at.languages, posted(request.form) if request.method == "POST" else {})
    if request.method != "POST":
        return _show(at, holder, paper)
    label, kind = paper.text("label"), paper.one("type")
    if not label:
        paper.note(f"label-{at.languages[0]}", _("Enter the question"))
    if kind not in _types(holder):
        paper.note("type", _("Choose the type of the answer"))
    if only_language() or paper.errors:
        return _show(at, holder, paper), 422
    at.may_save()
    last = questions(holder)[-1:]
    if last and last[0].document.get("label") == label and last[0].document.get("type") == kind:
        return redirect(link_to(form_id, last[0].place), 303)  # the button was pressed twice
    words = label.get("en") or next(iter(label.values()))
    key = key_from(words, taken_keys(at.draft.form, at.draft.thresholds))
    place = holder.place.below(key)
    form, made = editing.add(at.draft.form, place, {"key": key, "type": kind, "label": label})
    at.keep(form, "question_added")
    flash(_("The question is added. Now say what can be answered."), "success")
    return redirect(url_for("forms.question", form_id=form_id, item=(made or place).text, new="yes"), 303)


def _types(holder: Entry) -> list[str]:
    return table.types(inside=bool(holder.place.question), triage=holder.place.kind == "page")


def _show(at: Desk, holder: Entry, paper: Paper) -> str:
    choices = [(kind, words_of(TYPE_WORDS, kind)) for kind in _types(holder)]
    return render_template(
        "forms/new_question.html",
        desk=at,
        title=_("Add a question"),
        caption=name_of(holder),
        back=link_to(at.draft.id, holder.place),
        rows=[
            paper.pair("label", _("Question"), kind="textarea"),
            (paper.choice("type", _("Type of answer"), choices, kind="radios"),),
        ],
        seen="",
        button_text=_("Continue"),
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/question-type/<path:item>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def question_type(form_id: UUID, item: str) -> ResponseReturnValue:
    """Give a question another type; what the new type does not have is left out."""
    at = desk(form_id)
    entry = at.question(item)
    types = table.types(inside=bool(entry.place.inner), triage=entry.place.kind == "page")
    given = entry.document.get("type")
    paper = Paper(at.languages, posted(request.form) if request.method == "POST" else {})
    if request.method != "POST":
        paper.put("type", given if isinstance(given, str) else "")
    elif paper.one("type") not in types:
        paper.note("type", _("Choose the type of the answer"))
    if request.method != "POST" or only_language() or paper.errors:
        shown = _show_type(at, entry, paper, types)
        return shown if request.method != "POST" else (shown, 422)
    at.may_save(entry)
    if request.form.get("seen") != seen(entry.node) and paper.one("type") != given:
        raise Conflict("the question was changed elsewhere")
    node = table.with_type(entry.document, paper.one("type"))
    at.keep(editing.change(at.draft.form, entry.place, node), "question_type_changed")
    return redirect(url_for("forms.question", form_id=form_id, item=item), 303)


def _show_type(at: Desk, entry: Entry, paper: Paper, types: list[str]) -> str:
    choices = [(kind, words_of(TYPE_WORDS, kind)) for kind in types]
    return render_template(
        "forms/new_question.html",
        desk=at,
        title=_("Change the type of answer"),
        caption=name_of(entry),
        back=link_to(at.draft.id, entry.place),
        rows=[(paper.choice("type", _("Type of answer"), choices, kind="radios"),)],
        seen=seen(entry.node),
        button_text=_("Change the type"),
    )
