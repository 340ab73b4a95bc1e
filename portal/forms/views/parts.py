"""One page or section of a draft: its words, how often it is given, its place; and adding and removing."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.editing import structure as editing
from portal.forms.editing.form_parts import LISTS, Entry, Place, find, parts, place_of, questions
from portal.forms.editing.keys import key_from, taken_keys
from portal.forms.editing.uses import keys_of, uses
from portal.forms.inputs import part as inputs
from portal.forms.inputs.paper import Paper, posted
from portal.forms.views.beside import beside_fields
from portal.forms.views.blueprint import blueprint
from portal.forms.views.both_texts import Differing, differing
from portal.forms.views.desk import Desk, condition_link, condition_of, desk, link_to, name_of, seen
from portal.forms.views.reading import facts
from portal.forms.views.structure import copy_key, kind_words
from portal.kernel.errors import Conflict, NotFound
from portal.web.fields import FieldView
from portal.web.posted import only_language


@blueprint.get("/forms/drafts/<uuid:form_id>/part/<path:item>")
@page(Permission.PUBLISH)
def form_part(form_id: UUID, item: str) -> str:
    """One page or section as it is saved."""
    at = desk(form_id)
    entry = at.part(item)
    paper = _paper(at, entry)
    beside_fields(paper, at, entry)
    return _show(at, entry, paper)


@blueprint.post("/forms/drafts/<uuid:form_id>/part/<path:item>")
@page(Permission.DESIGN)
def change_form_part(form_id: UUID, item: str) -> ResponseReturnValue:
    """Save the words of one page or section."""
    at = desk(form_id)
    entry = at.part(item)
    paper = Paper(at.languages, posted(request.form))
    node = inputs.read(paper, entry.document, repeats=_repeats(entry))
    if only_language() or paper.errors:
        return _show(at, entry, paper), 422
    at.may_save(entry)
    try:
        met = request.form.get("seen") != seen(entry.node) and node != entry.node
        at.keep(editing.change(at.draft.form, entry.place, node), "part_changed", met=met)
    except Conflict:
        return _met(form_id, item, paper)
    flash(_("Your change is saved in the draft."), "success")
    return redirect(url_for("forms.structure", form_id=form_id), 303)


def _met(form_id: UUID, item: str, paper: Paper) -> ResponseReturnValue:
    at = desk(form_id)
    entry = at.part(item)
    lines = differing(_views(paper, entry), _views(_paper(at, entry), entry))
    return _show(at, entry, paper, lines), 409


def _paper(at: Desk, entry: Entry) -> Paper:
    paper = Paper(at.languages)
    inputs.fill(paper, entry.document)
    return paper


def _repeats(entry: Entry) -> bool:
    return entry.place.kind == "section"


def _inside(entry: Entry) -> list[tuple[str, str]]:
    return [(one.key, name_of(one)) for one in questions(entry) if one.key]


def _views(paper: Paper, entry: Entry) -> list[FieldView]:
    repeat = inputs.repeat_rows(paper, _inside(entry)) if _repeats(entry) else []
    return [view for row in (*inputs.word_rows(paper), *repeat) for view in row]


def _show(at: Desk, entry: Entry, paper: Paper, differ: list[Differing] | None = None) -> str:
    return render_template(
        "forms/form_part.html",
        desk=at,
        entry=entry,
        title=name_of(entry),
        list_title=kind_words(entry.place.kind)[0],
        words=inputs.word_rows(paper),
        repeat=inputs.repeat_rows(paper, _inside(entry)) if _repeats(entry) else [],
        views=_views(paper, entry),
        facts=facts(_views(paper, entry)),
        seen=seen(entry.node),
        differing=differ or [],
        condition=condition_of(entry, at),
        condition_link=condition_link(at.draft.id, entry),
        questions=[(name_of(one), link_to(at.draft.id, one.place)) for one in questions(entry)],
        locked=at.is_locked(entry),
        holds_locked=at.holds_locked(entry),
        copy_key=copy_key(at, entry) if at.may_change else "",
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/new-part/<kind>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def new_part(form_id: UUID, kind: str) -> ResponseReturnValue:
    """Add a page or section: its title first, everything else on its own page."""
    if kind not in LISTS:
        raise NotFound("no such list of the form")
    at = desk(form_id)
    paper = Paper(at.languages, posted(request.form) if request.method == "POST" else {})
    if request.method != "POST":
        return _show_new(at, kind, paper)
    title = paper.text("title")
    if not title:
        paper.note(f"title-{at.languages[0]}", _("Enter the title"))
    if only_language() or paper.errors:
        return _show_new(at, kind, paper), 422
    at.may_save()
    # The same title at the end of the list is what a second press of the button brings.
    last = parts(at.draft.form, kind)[-1:]
    if last and last[0].document.get("title") == title and not questions(last[0]):
        return redirect(link_to(form_id, last[0].place), 303)
    words = title.get("en") or next(iter(title.values()))
    key = key_from(words, taken_keys(at.draft.form, at.draft.thresholds), "part")
    form, place = editing.add(at.draft.form, Place(kind, "new"), {"key": key, "title": title, "questions": []})
    at.keep(form, "part_added")
    flash(_("It is added. Now give it questions."), "success")
    return redirect(link_to(form_id, place or Place(kind, key)), 303)


def _show_new(at: Desk, kind: str, paper: Paper) -> str:
    return render_template(
        "forms/new_part.html", desk=at, title=kind_words(kind)[1], views=list(paper.pair("title", _("Title")))
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/remove/<path:item>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def remove_item(form_id: UUID, item: str) -> ResponseReturnValue:
    """Say where a page, section or question is spoken of, then take it out."""
    at = desk(form_id)
    place = place_of(item)
    if request.method == "POST" and place is not None and find(at.draft.form, place) is None:
        return redirect(url_for("forms.structure", form_id=form_id), 303)  # it is gone already: pressed twice
    entry = at.entry(item)
    if request.method != "POST" or only_language():
        return _ask_remove(at, entry)
    at.may_save(entry)
    if at.holds_locked(entry) or request.form.get("seen") != seen(entry.node):
        return _ask_remove(at, entry, met=True), 409
    try:
        at.keep(editing.remove(at.draft.form, entry.place), "part_removed")
    except Conflict:
        fresh = desk(form_id)
        return _ask_remove(fresh, fresh.entry(item), met=True), 409
    flash(_("It is taken out of the draft."), "success")
    return redirect(url_for("forms.structure", form_id=form_id), 303)


def _ask_remove(at: Desk, entry: Entry, *, met: bool = False) -> str:
    found = uses(at.draft.content, keys_of(entry), but=entry)
    return render_template(
        "forms/remove_item.html",
        desk=at,
        entry=entry,
        title=name_of(entry),
        back=link_to(at.draft.id, entry.place),
        count=len(questions(entry)),
        uses=[(use_words(use.kind), *_use(at, use.kind, use.name)) for use in found],
        seen=seen(entry.node),
        locked=at.holds_locked(entry),
        met=met,
    )


def _use(at: Desk, kind: str, name: str) -> tuple[str, str]:
    """What a place that speaks of a question is called, and the page where it is changed if that is one of ours."""
    if kind not in {"question", *LISTS}:
        return name, ""
    entry = at.entry(name)
    return name_of(entry), link_to(at.draft.id, entry.place)


def use_words(kind: str) -> str:
    """What kind of place speaks of a question."""
    words: dict[str, str] = {
        "question": _("Question"),
        "page": _("Page"),
        "section": _("Section"),
        "urgent": _("Section of the urgent form"),
        "rule": _("Rule"),
        "override": _("Override"),
        "value": _("Derived value"),
        "condition": _("Named condition"),
        "notice": _("Notice"),
        "topics": _("Advice"),
        "scenario": _("Scenario"),
    }
    return words.get(kind) or str(_("Rules"))


@blueprint.route("/forms/drafts/<uuid:form_id>/move/<path:item>", methods=["GET", "POST"])
@page(Permission.DESIGN)
def move_item(form_id: UUID, item: str) -> ResponseReturnValue:
    """Move a question to another page, section or group."""
    at = desk(form_id)
    entry = at.question(item)
    paper = Paper(at.languages, posted(request.form) if request.method == "POST" else {})
    targets = {one.place.text: one for one in editing.targets(at.draft.form, entry.place)}
    chosen = targets.get(paper.one("target"))
    if request.method == "POST" and not only_language() and chosen is not None:
        at.may_save(entry)
        form, place = editing.move_to(at.draft.form, entry.place, chosen.place)
        at.keep(form, "question_moved")
        flash(_("The question is moved. Conditions may only speak of what is asked earlier: check them."), "success")
        return redirect(link_to(form_id, place or entry.place), 303)
    if request.method == "POST":
        paper.note("target", _("Choose where the question goes"))
    options = [(text, _target_words(at, one)) for text, one in targets.items()]
    shown = render_template(
        "forms/move_item.html",
        desk=at,
        entry=entry,
        title=name_of(entry),
        views=[paper.choice("target", _("Where does it go?"), options, kind="radios")] if options else [],
        back=link_to(form_id, entry.place),
        locked=at.is_locked(entry),
    )
    return shown if request.method != "POST" else (shown, 422)


def _target_words(at: Desk, entry: Entry) -> str:
    if not entry.place.question:
        return f"{kind_words(entry.place.kind)[0]}: {name_of(entry)}"
    return f"{name_of(at.entry(entry.place.above.text))}: {name_of(entry)}"
