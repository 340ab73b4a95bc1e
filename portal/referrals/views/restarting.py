"""The page of a draft whose form the council has replaced for drafts too: why, and what comes along."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries.versions import restart_note
from portal.kernel.language import say
from portal.referrals.commands import restarting
from portal.referrals.views.blueprint import MustRestartError, blueprint, language, open_draft
from portal.referrals.wording import Wording


@blueprint.errorhandler(MustRestartError)
def explain(needed: MustRestartError) -> ResponseReturnValue:
    """Lead from any page of such a draft to the one that explains it."""
    return redirect(url_for("referrals.restart", draft_id=needed.draft_id), 303)


@blueprint.route("/report/restart/<uuid:draft_id>", methods=["GET", "POST"])
@page(Permission.REPORT)
def restart(draft_id: UUID) -> ResponseReturnValue:
    """Explain first, then go on with the newest version of the form."""
    actor = guard.actor()
    draft, _form = open_draft(draft_id, any_version=True)
    if not draft.must_restart:
        return redirect(url_for("referrals.tasks", draft_id=draft_id), 303)
    if request.method != "POST":
        _latest, found = restarting.carried(draft)
        return render_template(
            "referrals/restart.html",
            draft=draft,
            wording=Wording(draft.form_key),
            note=restart_note(draft.form_version_id),
            lost=[say(label, language()) for label in found.lost],
        )
    lost = restarting.restart(actor, draft)
    told = _("Your draft goes on with the new questions. Every answer that fits was carried over.")
    if lost:
        told = ngettext(
            "Your draft goes on with the new questions. %(num)s answer was left behind.",
            "Your draft goes on with the new questions. %(num)s answers were left behind.",
            lost,
        )
    flash(told, "success")
    return redirect(url_for("referrals.triage_first", draft_id=draft_id), 303)
