"""The pages on which files are added: to a draft, or to a report by either side; and taking one away again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.files.kinds import accept
from portal.files.states import ARRIVING
from portal.files.wording import allowed
from portal.kernel.errors import Conflict, Forbidden, NotFound
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Target
from portal.referrals.commands.keeping import Reports
from portal.referrals.file_words import too_large_words
from portal.referrals.queries.attachments import Attached, find, of_report
from portal.referrals.queries.drafts import sent_as
from portal.referrals.queries.record import find as find_report
from portal.referrals.views.files_shown import rows
from portal.referrals.views.uploading import (
    AWAY,
    FILES,
    UNPROCESSABLE,
    WHOLE,
    Refusal,
    answered,
    begun,
    chosen,
    put,
    refusal_line,
    said,
)
from portal.web.fields import FieldView
from portal.web.posted import only_language
from portal.web.security import large, too_large

blueprint = Blueprint("attachments", __name__)


@dataclass(frozen=True)
class Place:
    """A page on which files are added: what to, its own address, and where it leads back to."""

    target: Target
    here: str
    back: str
    back_text: str


def most_at_once() -> int:
    """How many bytes of files one form may bring."""
    return attaching.limits().report_most


@blueprint.route("/report/<uuid:draft_id>/files", methods=["GET", "POST"])
@large(most_at_once)
@page(Permission.REPORT)
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Files of a draft. Of one that was sent meanwhile, the page of the report."""
    actor = guard.actor()
    try:
        found, _published = Reports().open(actor, draft_id)
    except NotFound:
        return redirect(url_for(".agency", reference=sent_as(actor, draft_id)), 303)
    target = Target(found.id, found.agency_id, "agency", later=False)
    back = url_for("referrals.tasks", draft_id=draft_id)
    return _page(Place(target, url_for(".draft", draft_id=draft_id), back, _("Back to the task list")))


@blueprint.route("/referrals/<reference>/files", methods=["GET", "POST"])
@large(most_at_once)
@page(Permission.REPLY)
def agency(reference: str) -> ResponseReturnValue:
    """Files that the referrer, or their agency's lead, adds after sending."""
    target = _of_sent("agency", reference)
    back = url_for("referrals.show", reference=reference)
    return _page(Place(target, url_for(".agency", reference=reference), back, _("Back to the report")))


@blueprint.route("/screening/<reference>/files", methods=["GET", "POST"])
@large(most_at_once)
@page(Permission.SCREEN)
def council(reference: str) -> ResponseReturnValue:
    """Files that the council adds for the referrer."""
    target = _of_sent("council", reference)
    back = url_for("screening.show", reference=reference)
    return _page(Place(target, url_for(".council", reference=reference), back, _("Back to the report")))


def _of_sent(side: str, reference: str) -> Target:
    actor = guard.actor()
    found = find_report(actor, Permission.REPLY if side == "agency" else Permission.SCREEN, reference)
    if found.reads_only(actor):
        raise Forbidden("opened for a while, to read")
    if found.state == "withdrawn":
        raise NotFound("taken back")
    tells = found.owner_id if side == "agency" else found.author_id
    return Target(found.id, found.agency_id, side, later=True, tells=tells)


def _page(place: Place) -> ResponseReturnValue:
    if request.method != "POST" or only_language():
        return _draw(place)
    if too_large():
        return _draw(place, error=too_large_words(attaching.limits())), UNPROCESSABLE
    if "begin" in request.form:
        return begun(place.target)
    sent = chosen()
    if not sent:
        return _draw(place, error=_("Choose a file")), UNPROCESSABLE
    refused = put(place.target, sent)
    if refused:
        away = all(one.code.startswith("away") for one in refused)
        return _draw(place, refused), AWAY if away else UNPROCESSABLE
    flash(ngettext("%(num)s file attached", "%(num)s files attached", len(sent)), "success")
    return redirect(place.here, 303)


def _draw(place: Place, refused: list[Refusal] | None = None, *, error: str = "") -> str:
    most = attaching.limits()
    words = [refusal_line(one) for one in refused or ()] or [error] * bool(error)
    return render_template(
        "referrals/files.html",
        place=place,
        files=rows(of_report(guard.actor(), place.target.referral_id), guard.actor(), removable=not place.target.later),
        field=FieldView("file", FILES, _("Add files"), error=words[0] if words else ""),
        wrong=words,
        most=most,
        allowed=allowed(),
        accept=accept(),
        part=attaching.PART,
    )


@blueprint.route("/files/<uuid:file_id>/parts", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
def parts(file_id: UUID) -> ResponseReturnValue:
    """For scripts: which part of one's own upload is missing, or the next part of it."""
    attached = find(guard.actor(), file_id)
    if attached.file.state != ARRIVING:
        return said(WHOLE)
    if request.method != "POST":
        return said(str(attaching.missing(guard.actor(), attached)))
    return answered(attached, _target_of(attached))


def _target_of(attached: Attached) -> Target:
    if attached.reference:
        return _of_sent(attached.side, attached.reference)
    return Target(attached.referral_id, attached.agency_id, attached.side, later=False)


@blueprint.post("/files/<uuid:file_id>/remove")
@page(Permission.ACCOUNT)
def remove(file_id: UUID) -> ResponseReturnValue:
    """Take a file off a draft, or give up an upload that has not finished."""
    actor = guard.actor()
    attached = find(actor, file_id)
    try:
        attaching.remove(actor, attached)
    except Conflict:
        flash(_("The report was sent, so the file stays with it."))
    else:
        flash(_("The file was removed"), "success")
    return redirect(page_of(attached), 303)


def page_of(attached: Attached) -> str:
    """Where the files are with which this one is, for the person who asks."""
    if not attached.reference:
        return url_for("attachments.draft", draft_id=attached.referral_id)
    if guard.may(Permission.LOOK):
        return url_for("screening.show", reference=attached.reference, _anchor=FILES)
    if guard.may(Permission.EARLY_HELP):
        return url_for("earlyhelp.show", reference=attached.reference, _anchor=FILES)
    return url_for("referrals.show", reference=attached.reference, _anchor=FILES)
