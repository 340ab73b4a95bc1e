"""One question of a draft: its words, its answers, what it is; shown beside the preview of what is typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.council_words import words_for
from portal.forms.editing import structure as editing
from portal.forms.editing.form_parts import Entry, all_questions, find, questions, rows
from portal.forms.editing.questions import details
from portal.forms.editing.uses import Use, options_used
from portal.forms.inputs import option_rows
from portal.forms.inputs import question as inputs
from portal.forms.inputs.paper import MOST_ROWS, Paper, posted
from portal.forms.inputs.question_words import TYPE_WORDS, words_of
from portal.forms.mistakes import SchemaMistakes
from portal.forms.schema import parse_form
from portal.forms.views import beside
from portal.forms.views.blueprint import blueprint
from portal.forms.views.both_texts import Differing, differing
from portal.forms.views.desk import Desk, condition_link, condition_of, desk, link_in_list, link_to, name_of, seen
from portal.forms.views.preview import Shown, shown_question
from portal.forms.views.reading import facts
from portal.forms.views.structure import copy_key
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict
from portal.web.fields import FieldView
from portal.web.posted import only_language

PREVIEW = "preview"


@dataclass
class Opened:
    """The page of one question: what it is about, what stands in it, and what is to be said about it."""

    desk: Desk
    entry: Entry
    paper: Paper
    node: dict[str, Any]
    other: list[str] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)
    focus: str = ""

    @property
    def kind(self) -> str:
        """The type of the question, "" when it is none."""
        found = self.node.get("type")
        return found if isinstance(found, str) else ""


@blueprint.get("/forms/drafts/<uuid:form_id>/question/<path:item>")
@page(Permission.PUBLISH)
def question(form_id: UUID, item: str) -> str:
    """One question as it is saved, with what the strict reader refuses beside its fields."""
    at = desk(form_id)
    entry = at.question(item)
    start = whole(request.args.get("from")) or 0
    opened = Opened(at, entry, Paper(at.languages), entry.document)
    inputs.fill(opened.paper, entry.document, start)
    if not request.args.get("new"):
        opened.other = beside.beside_fields(opened.paper, at, entry)
    return _show(opened)


@blueprint.post("/forms/drafts/<uuid:form_id>/question/<path:item>")
@page(Permission.DESIGN)
def change_question(form_id: UUID, item: str) -> ResponseReturnValue:
    """Save one question, or show it again with another row, or with its preview."""
    at = desk(form_id)
    entry = at.question(item)
    paper = Paper(at.languages, posted(request.form))
    action = request.form.get("action", "")
    focus = option_rows.change_rows(paper, action)
    node = inputs.read(paper, entry.document)
    opened = Opened(at, entry, paper, node, focus=focus)
    if only_language() or focus or action == PREVIEW:
        return _show(_unsaid(opened) if focus or action == PREVIEW else opened)
    changed = editing.change(at.draft.form, entry.place, node)
    opened.other = [] if paper.errors else _mistakes(opened, changed)
    if paper.errors:
        return _show(opened), 422
    at.may_save(entry)
    return _save(opened, changed)


def _unsaid(opened: Opened) -> Opened:
    """Somebody is still at work: nothing is wrong yet."""
    opened.paper.errors.clear()
    return opened


def _mistakes(opened: Opened, changed: dict[str, Any]) -> list[str]:
    """What the strict reader says of the question as typed, put beside its fields; the rest is returned."""
    try:
        parse_form(changed, opened.desk.languages)
    except SchemaMistakes as wrong:
        path = opened.entry.path
        own = [one for one in wrong.mistakes if one.path[: len(path)] == path]
        own = [one for one in own if one.path[len(path) : len(path) + 1] != ("questions",)]
        return beside.put(opened.paper, own, len(path))
    return []


def _save(opened: Opened, changed: dict[str, Any]) -> ResponseReturnValue:
    at, entry = opened.desk, opened.entry
    try:
        met = request.form.get("seen") != seen(entry.node) and opened.node != entry.node
        at.keep(changed, "question_changed", met=met)
    except Conflict:
        return _met(opened)
    flash(_("Your change is saved in the draft."), "success")
    gone = _gone(entry.document, opened.node)
    used = options_used(at.draft.content, entry.key, gone) if gone and entry.key else []
    if used:
        flash(_("Answers that you took out are still spoken of: %(where)s.", where=_where(at, used)))
    return redirect(link_in_list(at.draft.id, entry.place), 303)


def _gone(before: dict[str, Any], after: dict[str, Any]) -> frozenset[str]:
    return _values(before) - _values(after)


def _values(node: dict[str, Any]) -> frozenset[str]:
    found = [one.get("value") for one in rows(node.get("options")) if isinstance(one, dict)]
    return frozenset(one for one in found if isinstance(one, str))


def _where(at: Desk, used: list[Use]) -> str:
    ours = {"question", "page", "section", "urgent"}
    return ", ".join(name_of(at.entry(use.name)) if use.kind in ours else use.name for use in used[:10])


def _met(opened: Opened) -> ResponseReturnValue:
    at = desk(opened.desk.draft.id)
    entry = at.question(opened.entry.place.text)
    now = Opened(at, entry, Paper(at.languages), entry.document)
    inputs.fill(now.paper, entry.document)
    again = Opened(at, entry, opened.paper, opened.node, differing=differing(_views(opened), _views(now)))
    return _show(again), 409


def _choices(opened: Opened) -> inputs.Choices:
    form, entry = opened.desk.draft.form, opened.entry
    boxes = [one for one in all_questions(form) if one.document.get("type") == "checkboxes" and one.key]
    return inputs.Choices(
        checkboxes=[(one.key, name_of(one)) for one in boxes if one.path != entry.path],
        inside=[(one.key, name_of(one)) for one in questions(entry) if one.key],
        required_when=condition_of(entry, opened.desk, "required"),
    )


def _groups(opened: Opened) -> list[tuple[str, str, list[tuple[FieldView, ...]]]]:
    """The page's fields under their headings; the anchor of each heading first."""
    choices = _choices(opened)
    groups = [
        ("words", "", inputs.first_rows(opened.paper, choices.required_when)),
        ("answer", _("The answer"), inputs.answer_rows(opened.paper, opened.kind, choices)),
        ("meaning", _("What the answer means"), inputs.meaning_rows(opened.paper, opened.kind, choices)),
        ("guidance", _("Guidance beside the question"), inputs.guidance_rows(opened.paper)),
    ]
    return [group for group in groups if group[2]]


def _lines(opened: Opened) -> tuple[list[option_rows.Line], list[option_rows.Line]]:
    own = details(opened.kind)
    options = option_rows.option_lines(opened.paper, opened.kind) if "options" in own else []
    levels = option_rows.level_lines(opened.paper) if "levels" in own else []
    return options, levels


def _views(opened: Opened) -> list[FieldView]:
    views = [view for _anchor, _title, group in _groups(opened) for row in group for view in row]
    options, levels = _lines(opened)
    return views + [view for line in (*options, *levels) for row in (*line.fields, *line.more) for view in row]


def _show(opened: Opened) -> str:
    at, entry = opened.desk, opened.entry
    options, levels = _lines(opened)
    own = details(opened.kind)
    above = find(at.draft.form, entry.place.above)
    return render_template(
        "forms/question.html",
        desk=at,
        entry=entry,
        page=opened,
        title=name_of(entry),
        above=above,
        above_title=name_of(above) if above else "",
        type_words=words_of(TYPE_WORDS, opened.kind) if opened.kind else _("No type yet"),
        groups=_groups(opened),
        options=options if "options" in own else None,
        levels=levels if "levels" in own else None,
        views=_all_errors(opened),
        facts=_facts(opened),
        hidden=_hidden(opened),
        parts=_windows(entry),
        condition=condition_of(entry, at),
        condition_link=condition_link(at.draft.id, entry),
        required_link=condition_link(at.draft.id, entry, "required"),
        inside=[(name_of(one), link_to(at.draft.id, one.place)) for one in questions(entry)],
        locked=at.is_locked(entry),
        copy_key=copy_key(at, entry) if at.may_change else "",
        shown=_preview(opened),
    )


def _all_errors(opened: Opened) -> list[FieldView]:
    """Every field, for the error summary; and the lists as a whole, which have no input of their own."""
    found = _views(opened)
    for name in ("options", "levels"):
        if name in opened.paper.errors:
            found.append(FieldView("text", name, "", error=opened.paper.errors[name]))
    return found


def _facts(opened: Opened) -> list[tuple[str, list[dict[str, str]]]]:
    """What stands in the fields, under their headings, for those who may not change it."""
    found = [(title, facts(view for row in group for view in row)) for _anchor, title, group in _groups(opened)]
    lines = [line for several in _lines(opened) for line in several]
    rows = [(line.title, facts(view for row in (*line.fields, *line.more) for view in row)) for line in lines]
    return found + rows


def _hidden(opened: Opened) -> list[tuple[str, str]]:
    names = ["options", "options-start", "options-shown", "levels", "examples"]
    kept = [(name, opened.paper.one(name)) for name in names]
    kept += [
        (f"option-{number}-was", opened.paper.one(f"option-{number}-was"))
        for number in range(opened.paper.count("options"))
    ]
    return [("seen", seen(opened.entry.node)), *kept]


def _windows(entry: Entry) -> list[int]:
    """Where each part of a long list of options begins; nothing for a list that fits the page."""
    count = len(rows(entry.document.get("options")))
    return list(range(0, count, MOST_ROWS)) if count > MOST_ROWS else []


def _preview(opened: Opened) -> list[Shown]:
    """The question in each language of the council, one beneath the other."""
    kind = opened.entry.place.kind
    own = words_for(scope.council())
    return [shown_question(opened.node, kind, language, own) for language in opened.desk.languages]
