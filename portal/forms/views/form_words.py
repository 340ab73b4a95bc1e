"""The form's own words, in every language side by side: they belong to no page and no question."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.inputs import form_words as inputs
from portal.forms.inputs.paper import Paper, posted
from portal.forms.substitutions import NAMES
from portal.forms.views.beside import put
from portal.forms.views.blueprint import blueprint
from portal.forms.views.both_texts import Differing, differing
from portal.forms.views.desk import Desk, desk, seen
from portal.forms.views.reading import facts
from portal.kernel.errors import Conflict
from portal.web.fields import FieldView
from portal.web.posted import only_language


@blueprint.get("/forms/drafts/<uuid:form_id>/words")
@page(Permission.PUBLISH)
def form_words(form_id: UUID) -> str:
    """The form's words as they are saved."""
    at = desk(form_id)
    paper = _paper(at)
    put(paper, (one for one in at.mistakes if one.path[:1] and one.path[0] in inputs.TEXTS), 0)
    return _show(at, paper)


@blueprint.post("/forms/drafts/<uuid:form_id>/words")
@page(Permission.DESIGN)
def change_form_words(form_id: UUID) -> ResponseReturnValue:
    """Save the form's words; whoever saved others meanwhile is shown beside."""
    at = desk(form_id)
    paper = Paper(at.languages, posted(request.form))
    form = inputs.read(paper, at.draft.form)
    if only_language() or paper.errors:
        return _show(at, paper), 422
    at.may_save()
    try:
        met = request.form.get("seen") != _seen(at) and form != at.draft.form
        at.keep(form, "words_changed", met=met)
    except Conflict:
        at = desk(form_id)
        return _show(at, paper, differing(_views(paper), _views(_paper(at)))), 409
    flash(_("Your change is saved in the draft."), "success")
    return redirect(url_for("forms.structure", form_id=form_id), 303)


def _seen(at: Desk) -> str:
    return seen({name: at.draft.form.get(name) for name in inputs.TEXTS})


def _paper(at: Desk) -> Paper:
    paper = Paper(at.languages)
    inputs.fill(paper, at.draft.form)
    return paper


def _views(paper: Paper) -> list[FieldView]:
    return [view for row in inputs.word_rows(paper) for view in row]


def _show(at: Desk, paper: Paper, differ: list[Differing] | None = None) -> str:
    return render_template(
        "forms/form_words.html",
        desk=at,
        words=inputs.word_rows(paper),
        views=_views(paper),
        seen=_seen(at),
        differing=differ or [],
        facts=facts(_views(paper)),
        names=[f"(({name}))" for name in NAMES],
    )
