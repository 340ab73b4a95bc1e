"""Drafts that several people write: inviting a colleague, handing one over, and the agency's drafts for its lead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Invalid, NotFound
from portal.referrals.commands import sharing
from portal.referrals.inputs import Colleague, HandOver
from portal.referrals.queries.draft_lists import Shared, agency_drafts, colleagues, shared
from portal.referrals.queries.drafts import find_draft
from portal.referrals.views.blueprint import blueprint, key_posted
from portal.referrals.wording import Wording, kind_words
from portal.web.fields import from_form


@blueprint.get("/report/drafts")
@page(Permission.OVERSEE)
def drafts() -> ResponseReturnValue:
    """The agency's drafts, for its lead: whose, about whom by initials, how far and until when; none is opened."""
    actor = guard.actor()
    return render_template(
        "referrals/drafts.html", lines=agency_drafts(actor), me=actor.account_id, wording=Wording, kind_words=kind_words
    )


@blueprint.post("/report/drafts/<uuid:draft_id>/help", endpoint="join")
@page(Permission.OVERSEE)
def join(draft_id: UUID) -> ResponseReturnValue:
    """The lead helps with a colleague's draft: they read and write it, and its author is told."""
    if sharing.join(guard.actor(), shared(guard.actor(), draft_id)):
        flash(_("You can read this draft and write in it now. Its author is told."), "success")
    return redirect(url_for(".tasks", draft_id=draft_id), 303)


@blueprint.route("/report/share/<uuid:draft_id>", methods=["GET", "POST"])
@page(Permission.TRACK)
def share(draft_id: UUID) -> ResponseReturnValue:
    """Who helps with one's draft; another colleague is invited."""
    actor, draft = guard.actor(), _of_mine(draft_id)
    form = Colleague()
    form.offer(_people([draft.author_id, *draft.helpers]))
    if request.method == "POST" and form.validate_on_submit():
        try:
            sharing.invite(actor, draft, UUID(str(form.colleague.data)))
        except Invalid:
            form.refuse("colleague", _("Ten colleagues help already. Remove one first."))
        else:
            flash(_("Your colleague can read this draft and write in it now. We tell them by email."), "success")
            return redirect(url_for(".share", draft_id=draft_id), 303)
    return _page("referrals/share.html", draft, form)


def _page(template: str, draft: Shared, form: Colleague, **more: Any) -> ResponseReturnValue:
    status = 422 if request.method == "POST" else 200
    page_now = render_template(template, draft=draft, wording=Wording(draft.form_key), fields=from_form(form), **more)
    return page_now, status


@blueprint.post("/report/share/<uuid:draft_id>/end")
@page(Permission.TRACK)
def end_help(draft_id: UUID) -> ResponseReturnValue:
    """Somebody helps no more: whom the author names, or the helper who asks."""
    actor = guard.actor()
    draft = find_draft(actor, draft_id)
    helper = key_posted("helper") if request.form.get("helper") else actor.account_id
    sharing.end_help(actor, draft_id, draft.author_id, helper)
    if helper == actor.account_id:
        flash(_("You help with this draft no more."), "success")
        return redirect(url_for(".start"), 303)
    flash(_("Your colleague helps with this draft no more."), "success")
    return redirect(url_for(".share", draft_id=draft_id), 303)


@blueprint.route("/report/hand-over/<uuid:draft_id>", methods=["GET", "POST"])
@page(Permission.TRACK)
def hand_over(draft_id: UUID) -> ResponseReturnValue:
    """A colleague becomes the draft's author; the agency's lead may take it."""
    actor = guard.actor()
    draft = shared(actor, draft_id)
    mine = draft.author_id == actor.account_id
    form = HandOver()
    form.offer(([] if mine else [(str(actor.account_id), _("Me"))]) + _people([draft.author_id]))
    if request.method == "POST" and form.validate_on_submit():
        heir, stay = UUID(str(form.colleague.data)), bool(form.stay.data) and mine
        sharing.hand_over(actor, draft, heir, stay=stay)
        if heir == actor.account_id:
            flash(_("The draft is yours now. Its author until now is told."), "success")
            return redirect(url_for(".tasks", draft_id=draft_id), 303)
        flash(_("The draft is your colleague’s now. We tell them by email."), "success")
        return redirect(url_for(".start" if mine else ".drafts"), 303)
    return _page("referrals/hand_over.html", draft, form, mine=mine)


def _of_mine(draft_id: UUID) -> Shared:
    draft = shared(guard.actor(), draft_id)
    if draft.author_id != guard.actor().account_id or draft.kind == "urgent":
        raise NotFound("not the author, or the short form")
    return draft


def _people(without: list[UUID]) -> list[tuple[str, str]]:
    """The colleagues who may be chosen, by account and name."""
    return [(str(one.account_id), one.name) for one in colleagues(guard.actor()) if one.account_id not in without]
