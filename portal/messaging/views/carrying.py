"""Adding what was written in a draft to a report about the same child, instead of sending it."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms.queries import version
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.messaging.commands import carrying
from portal.messaging.presenting import carried_text
from portal.messaging.views.blueprint import blueprint
from portal.referrals.commands.attaching import limits
from portal.referrals.file_words import error_words
from portal.referrals.paths import walk
from portal.referrals.presenting import groups
from portal.referrals.queries.attachments import of_report
from portal.referrals.queries.drafts import Draft, find_draft
from portal.referrals.queries.record import Found, find
from portal.referrals.views.files_shown import rows
from portal.referrals.wording import Wording


@blueprint.route("/report/<uuid:draft_id>/add-to/<reference>", methods=["GET", "POST"])
@page(Permission.REPLY)
def carry(draft_id: UUID, reference: str) -> ResponseReturnValue:
    """What will be added to which report; then it is, with the files, and the draft is gone."""
    actor = guard.actor()
    found = find(actor, Permission.REPLY, reference)
    here = url_for("referrals.show", reference=found.reference)
    try:
        draft = find_draft(actor, draft_id)
    except NotFound:
        if request.method != "POST":
            raise
        # The second click of two: the draft has gone into the report.
        return redirect(here, 303)
    text = _text(draft)
    if not text:
        return redirect(url_for("referrals.check", draft_id=draft.id), 303)
    return _page(draft, found, text) if request.method != "POST" else _carry(draft, found, text, here)


def _carry(draft: Draft, found: Found, text: str, here: str) -> ResponseReturnValue:
    once = uuid5(draft.id, f"{found.id} {draft.version}")
    try:
        carrying.carry_over(guard.actor(), draft, found, text, once)
    except Conflict as conflict:
        if conflict.now.get("state") == "withdrawn":
            return _page(draft, found, text, conflict=True), 409
        # Of two clicks at the same moment the other was first.
        return redirect(here, 303)
    except Invalid as invalid:
        if "file" not in invalid.errors:
            raise
        return _page(draft, found, text, wrong=error_words(invalid.errors["file"], limits())), 422
    flash(_("What you wrote was added to %(reference)s", reference=found.reference), "success")
    return redirect(here, 303)


def _page(draft: Draft, found: Found, text: str, *, conflict: bool = False, wrong: str = "") -> str:
    actor = guard.actor()
    return render_template(
        "messaging/carry.html", draft=draft, found=found, wording=Wording(found.form_key), text=text,
        files=rows(of_report(actor, draft.id), actor), conflict=conflict, wrong=wrong,
    )  # fmt: skip


def _text(draft: Draft) -> str:
    """The draft's answers in words, in the language in which it was written."""
    form = version(draft.form_version_id).form
    walked = walk(form, draft.kind, draft.triage, draft.sections)
    told = carried_text(groups(form, draft.kind, walked.triage, walked.sections, draft.language))
    return "\n\n".join(filter(None, (told, draft.override_reason)))
