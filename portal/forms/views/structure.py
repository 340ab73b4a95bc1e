"""The structure of a draft: its pages, sections and short urgent form, each with its questions in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.editing import structure as editing
from portal.forms.editing.form_parts import LISTS, Entry, all_questions, find, parts, place_of, questions
from portal.forms.inputs import question_words
from portal.forms.queries.drafts import Draft
from portal.forms.views import hub
from portal.forms.views.blueprint import blueprint
from portal.forms.views.desk import (
    Desk,
    anchor_of,
    condition_of,
    desk,
    holds_questions,
    link_in_list,
    link_to,
    name_of,
)
from portal.forms.views.hub import Place as HubPlace
from portal.forms.views.hub import Row
from portal.forms.views.mending import to_mend
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict
from portal.web.posted import only_language

MOST_MISTAKES = 30


@dataclass(frozen=True)
class Line:
    """One question or part in the list: what it is called and where it can go."""

    title: str
    href: str
    item: str
    kind: str
    required: str
    condition: str
    locked: bool
    mistakes: int
    position: int
    last: bool
    anchor: str
    open: bool
    here: str
    inside: tuple[Line, ...] = ()
    holds: bool = False

    @property
    def count(self) -> int:
        """How many questions it has, those of its groups too."""
        return len(self.inside) + sum(one.count for one in self.inside)

    @property
    def mistakes_inside(self) -> int:
        """Mistakes of the questions in it."""
        return sum(one.mistakes + one.mistakes_inside for one in self.inside)


def kind_words(kind: str) -> tuple[str, str, str]:
    """What a list is called, what is added to it, and what is said when it is empty."""
    words: dict[str, tuple[str, str, str]] = {
        "page": (_("First questions"), _("Add a page"), _("There are no pages of first questions.")),
        "section": (_("Sections"), _("Add a section"), _("There are no sections.")),
        "urgent": (_("Short urgent form"), _("Add a section to the urgent form"), _("There is no urgent form.")),
    }
    return words[kind]


@blueprint.get("/forms/drafts/<uuid:form_id>/structure")
@page(Permission.PUBLISH)
def structure(form_id: UUID) -> str:
    """Everything that the draft asks, in order."""
    return _show(desk(form_id))


def _show(at: Desk, met: str = "") -> str:
    return render_template(
        "forms/structure.html",
        desk=at,
        lists=[(kind, *kind_words(kind), _lines(at, parts(at.draft.form, kind))) for kind in LISTS],
        mistakes=to_mend(at.draft, [(("form", *one.path), one.message) for one in at.mistakes[:MOST_MISTAKES]]),
        mistake_count=len(at.mistakes),
        met=met,
        all_open=request.args.get("open") == "all",
    )


def _lines(at: Desk, entries: list[Entry]) -> tuple[Line, ...]:
    return tuple(_line(at, entry, position, len(entries)) for position, entry in enumerate(entries))


def _line(at: Desk, entry: Entry, position: int, count: int) -> Line:
    asked = bool(entry.place.question)
    required = entry.document.get("required")
    return Line(
        title=name_of(entry),
        href=link_to(at.draft.id, entry.place),
        item=entry.place.text,
        kind=question_words.words_of(question_words.TYPE_WORDS, entry.document.get("type")) if asked else "",
        required=_("Must be answered") if required is True else condition_of(entry, at, "required"),
        condition=condition_of(entry, at),
        locked=at.is_locked(entry),
        mistakes=len(at.mistakes_at(entry)),
        position=position,
        last=position == count - 1,
        inside=_lines(at, questions(entry)),
        holds=holds_questions(entry),
        anchor=anchor_of(entry.place),
        open=request.args.get("open", "") in {"all", entry.place.text},
        here=link_in_list(at.draft.id, entry.place),
    )


@blueprint.post("/forms/drafts/<uuid:form_id>/structure")
@page(Permission.DESIGN)
def rearrange(form_id: UUID) -> ResponseReturnValue:
    """Move one entry to the position that its button names, or copy it: pressing twice does it once."""
    at = desk(form_id)
    if only_language():
        return _show(at)
    act, _space, rest = request.form.get("act", "").partition(" ")
    item, _space, value = rest.partition(" ")
    place = place_of(item)
    entry = find(at.draft.form, place) if place else None
    if entry is None or act not in {"move", "copy"}:
        return _changed_meanwhile(at) if act else redirect(url_for("forms.structure", form_id=form_id), 303)
    at.may_save()
    try:
        there = _move(at, entry, value) if act == "move" else _copy(at, entry, value)
    except Conflict:
        return _changed_meanwhile(desk(form_id))
    return redirect(there, 303)


def _changed_meanwhile(at: Desk) -> ResponseReturnValue:
    return _show(at, met=_("Somebody changed the draft after you opened this page, so nothing was moved.")), 409


def _move(at: Desk, entry: Entry, value: str) -> str:
    form = editing.move(at.draft.form, entry.place, whole(value) or 0)
    at.keep(form, "part_moved")
    # A nameless entry is called by its position, so it is looked for where it was put.
    return link_in_list(at.draft.id, entry.place)


def _copy(at: Desk, entry: Entry, value: str) -> str:
    """Make the copy that the button promised; one with that key is there already when it was pressed twice."""
    twin = find(at.draft.form, entry.place.beside(value)) if value else None
    if twin is not None:
        return link_to(at.draft.id, twin.place)
    form, place = editing.copy(at.draft.form, entry.place, at.draft.thresholds)
    at.keep(form, "part_copied")
    flash(_("The copy is ready. Change what should be different."), "success")
    return link_to(at.draft.id, place or entry.place)


def copy_key(at: Desk, entry: Entry) -> str:
    """The name that a copy would have, for its button."""
    _form, place = editing.copy(at.draft.form, entry.place, at.draft.thresholds)
    return place.name if place else ""


@hub.row(HubPlace.QUESTIONS)
def row(draft: Draft) -> Row:
    """Questions on the draft's page: how many, and how many mistakes."""
    at = desk(draft.id)
    count: dict[str, Any] = {"count": sum(1 for _entry in all_questions(draft.form))}
    wrong = len(at.mistakes)
    href = url_for("forms.structure", form_id=draft.id)
    hint = _("Questions on this form: %(count)s", **count)
    if wrong:
        return Row(_("Questions"), href, _("Mistakes: %(count)s", count=wrong), "red", hint)
    return Row(_("Questions"), href, _("No mistakes"), "", hint)
