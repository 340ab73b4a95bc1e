"""Looking at an attached file without opening it: page by page, as pictures that we drew."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.files import headers, previewing
from portal.files.refusals import Refused
from portal.kernel.errors import NotFound
from portal.referrals.commands import attaching
from portal.referrals.queries.attachments import Attached, find
from portal.referrals.views.attachments import page_of
from portal.referrals.views.files_shown import link

blueprint = Blueprint("previews", __name__)


@dataclass(frozen=True)
class Shown:
    """One page as it is shown. `picture` is its address ("" when it cannot be drawn), `alt` what it shows."""

    number: int
    of: int
    pages: int
    picture: str
    alt: str
    words: str
    is_document: bool


@blueprint.get("/files/<uuid:file_id>/pages/<int:sheet>")
@page(Permission.ACCOUNT)
def show(file_id: UUID, sheet: int) -> str:
    """One page of a file that the person may open, with the words on it for who does not see it."""
    attached = find(guard.actor(), file_id)
    shown = _shown(attached, sheet)
    return render_template(
        "referrals/preview.html",
        name=attached.file.name,
        shown=shown,
        back=page_of(attached),
        download=link(file_id),
        previous=url_for(".show", file_id=file_id, sheet=sheet - 1) if sheet > 1 else "",
        following=url_for(".show", file_id=file_id, sheet=sheet + 1) if sheet < shown.of else "",
    )


def _shown(attached: Attached, number: int) -> Shown:
    name, href = attached.file.name, url_for(".picture", file_id=attached.id, sheet=number)
    try:
        found = previewing.look(attached.file, number)
    except Refused:
        return Shown(number, number, number, "", "", "", is_document=False)
    is_document = attached.file.kind == "pdf"
    alt = _("Page %(number)s of %(name)s", number=number, name=name) if is_document else name
    return Shown(number, found.shown, found.pages, href, alt, found.words, is_document)


@blueprint.get("/files/<uuid:file_id>/pages/<int:sheet>/picture")
@page(Permission.ACCOUNT)
def picture(file_id: UUID, sheet: int) -> Response:
    """One page drawn by us: what was in the file apart from what can be seen does not come along."""
    attached = find(guard.actor(), file_id)
    try:
        drawn = previewing.picture(attached.file, sheet)
    except Refused:
        raise NotFound("not to be drawn") from None
    attaching.note_opened(attached)
    made = Response(drawn, mimetype="image/jpeg")
    made.headers["Content-Disposition"] = "inline"
    made.headers["Content-Security-Policy"] = headers.SANDBOX
    return made
