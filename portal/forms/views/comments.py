"""Comments on a draft: read, say something about the whole or one place of it, and mark as dealt with."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.commands import comments as commands
from portal.forms.differences import items
from portal.forms.inputs.releasing import CommentInput
from portal.forms.queries import comments as queries
from portal.forms.queries.drafts import Draft
from portal.forms.views import hub
from portal.forms.views.blueprint import blueprint, open_draft
from portal.forms.views.wording import text_of
from portal.kernel.errors import Invalid
from portal.web.fields import choices, from_form


@hub.row(hub.Place.COMMENTS)
def _row(draft: Draft) -> hub.Row:
    waiting = queries.unresolved(guard.actor(), draft.id)
    status = _("%(count)s to deal with", count=waiting) if waiting else _("None to deal with")
    return hub.Row(_("Comments"), url_for("forms.comments", form_id=draft.id), status, "yellow" if waiting else "")


def places(draft: Draft) -> dict[str, str]:
    """What a comment may be about, in words: the whole draft, each question, each rule."""
    found = {"": _("The whole draft")}
    for what, key, label in items(draft.content):
        if what == "question":
            found.setdefault(f"question:{key}", _("Question: %(label)s", label=text_of(label)))
        elif what in ("rule", "override"):
            found.setdefault(f"rule:{key}", _("Rule %(key)s: %(label)s", key=key, label=text_of(label)))
    return found


@blueprint.route("/forms/drafts/<uuid:form_id>/comments", methods=["GET", "POST"])
@page(Permission.PUBLISH)
def comments(form_id: UUID) -> ResponseReturnValue:
    """What people said of the draft, and a form that adds to it."""
    draft = open_draft(form_id)
    about = request.args.get("place", "")
    known = places(draft)
    form = CommentInput(place=about if about in known else "")
    form.place.choices = choices(known.items())
    if request.method != "POST":
        return _page(draft, form, known)
    if not form.validate_on_submit():
        return _page(draft, form, known), 422
    try:
        commands.add(guard.actor(), draft, str(form.body.data), form.mark(), form.place.data or "")
    except Invalid as refused:
        words = {
            "too_many": _("This draft has as many comments as it can hold"),
            "unknown": _("Choose what your comment is about"),
        }
        field, code = next(iter(refused.errors.items()))
        form.refuse(field, words.get(code, _("Remove characters that cannot be read, such as control characters")))
        return _page(draft, form, known), 422
    flash(_("Your comment was added."), "success")
    return redirect(url_for("forms.comments", form_id=form_id), 303)


def _page(draft: Draft, form: CommentInput, known: dict[str, str]) -> str:
    form.once.data = form.once.data or str(uuid4())
    return render_template(
        "forms/comments.html",
        draft=draft,
        comments=queries.of_draft(guard.actor(), draft.id),
        places=known,
        fields=from_form(form),
        takes_more=draft.state in ("open", "submitted"),
    )


@blueprint.post("/forms/drafts/<uuid:form_id>/comments/<uuid:comment_id>/resolve")
@page(Permission.PUBLISH)
def resolve(form_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Mark a comment as dealt with."""
    commands.resolve(guard.actor(), open_draft(form_id), comment_id)
    flash(_("The comment is marked as dealt with."), "success")
    return redirect(url_for("forms.comments", form_id=form_id), 303)
