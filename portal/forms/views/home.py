"""Where designers begin: the council's forms, what is published of each, and the drafts that are worked on."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.forms.commands import drafting
from portal.forms.families import CONCERN, FAMILIES, INFORMATION, SERVICE
from portal.forms.queries import drafts, versions
from portal.forms.views import hub
from portal.forms.views.blueprint import blueprint, open_draft
from portal.kernel.errors import NotFound


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"family_words": family_words}


def family_words(key: str) -> str:
    """What a family of forms is called."""
    words: dict[str, str] = {
        CONCERN: _("Cause for concern"),
        INFORMATION: _("Request for information"),
        SERVICE: _("Request for service or early help"),
    }
    return words.get(key, key)


@blueprint.get("/forms")
@page(Permission.PUBLISH)
def home() -> str:
    """Each form of the council with its newest version, and the drafts, newest change first."""
    actor = guard.actor()
    return render_template(
        "forms/home.html",
        families=[(key, family_words(key), newest) for key, newest in versions.newest_of_each().items()],
        drafts=drafts.live(actor),
        family_words=family_words,
        may_design=reach(actor, Permission.DESIGN) is not Reach.NONE,
    )


@blueprint.post("/forms")
@page(Permission.DESIGN)
def begin() -> ResponseReturnValue:
    """Begin a draft of one form from its newest version."""
    key = request.form.get("form_key", "")
    if key not in FAMILIES:
        raise NotFound("no such form")
    form_id = drafting.start(guard.actor(), key)
    flash(_("Your draft is ready. Nothing changes for referrers until it is published."), "success")
    return redirect(url_for("forms.draft", form_id=form_id), 303)


@blueprint.get("/forms/drafts/<uuid:form_id>")
@page(Permission.PUBLISH)
def draft(form_id: UUID) -> str:
    """One draft: what it holds and what is left to do before it can be published."""
    found = open_draft(form_id)
    return render_template(
        "forms/draft.html",
        draft=found,
        family=family_words(found.form_key),
        groups=hub.groups(found),
        steps=hub.steps(found),
        may_design=reach(guard.actor(), Permission.DESIGN) is not Reach.NONE and found.state == "open",
    )


@blueprint.route("/forms/drafts/<uuid:form_id>/discard", methods=["GET", "POST"])
@page(Permission.DESIGN)
def discard(form_id: UUID) -> ResponseReturnValue:
    """Ask first, then throw a draft away."""
    found = open_draft(form_id)
    if request.method != "POST":
        return render_template("forms/discard.html", draft=found, family=family_words(found.form_key))
    drafting.discard(guard.actor(), found)
    flash(_("The draft was thrown away."), "success")
    return redirect(url_for("forms.home"), 303)
