"""Before a report: what it takes, beginning one, and the drafts that wait."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.referrals.commands import drafts
from portal.referrals.queries.drafts import may_send_full, my_drafts
from portal.referrals.views.blueprint import blueprint, council, keeper, language, open_draft, phones_now
from portal.tenants.opening import is_open


@blueprint.get("/report")
@page(Permission.REPORT)
def start() -> ResponseReturnValue:
    """999 and the numbers, what a report takes, and the person's drafts."""
    actor = guard.actor()
    full = may_send_full(actor)
    return render_template(
        "referrals/start.html",
        phones=phones_now(),
        open_now=is_open(council()),
        full=full,
        drafts=my_drafts(actor) if full else (),
        draft_days=council().settings.draft_days,
        statutory=council().settings.statutory,
    )


@blueprint.post("/report")
@page(Permission.REPORT)
def begin() -> ResponseReturnValue:
    """Begin a full report, pinned to the newest version of the form, and go to its first page."""
    draft_id = drafts.start(guard.actor(), "full", language())
    return redirect(url_for(".triage_first", draft_id=draft_id), 303)


@blueprint.route("/report/<uuid:draft_id>/delete", methods=["GET", "POST"])
@page(Permission.REPORT)
def delete(draft_id: UUID) -> ResponseReturnValue:
    """Ask first, then delete a draft."""
    draft, _form = open_draft(draft_id)
    if request.method != "POST":
        return render_template("referrals/delete.html", draft=draft)
    keeper().throw_away(guard.actor(), draft)
    flash(_("Your draft was deleted."), "success")
    return redirect(url_for(".start"), 303)
