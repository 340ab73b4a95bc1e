"""Giving a file out to whoever may open it, and the lists of files on the pages of drafts and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission, Reach, reach
from portal.files import headers, names, states
from portal.files.content import Damaged
from portal.files.kinds import KINDS
from portal.files.queries import bytes_of
from portal.files.wording import waiting
from portal.kernel.errors import NotFound, Unavailable
from portal.referrals.commands import attaching
from portal.referrals.queries.attachments import Attached, find, of_report
from portal.referrals.queries.drafts import Draft
from portal.referrals.queries.record import Found
from portal.referrals.views.attachments import blueprint, page_of
from portal.referrals.views.blueprint import is_trial
from portal.referrals.views.files_shown import lapsed, on_report, rows
from portal.web import shell

log = structlog.get_logger()

UNKNOWN_TYPE = "application/octet-stream"


@blueprint.get("/files/<uuid:file_id>/get/<lapsing>")
@page(Permission.ACCOUNT)
def download(file_id: UUID, lapsing: str) -> ResponseReturnValue:
    """The file itself, to whoever may open it at this moment, by a link that a page of theirs has just had."""
    attached = find(guard.actor(), file_id)
    return given_out(attached, lapsing, page_of(attached), attaching.note_opened)


def given_out(attached: Attached, lapsing: str, back: str, note: Callable[[Attached], None]) -> ResponseReturnValue:
    """A file whose link is good, as it is opened, and noted; else the page `back`, which says why.

    The first piece is fetched before anything is answered: where a file is missing or changed, or its store is away,
    the page says so. Raises NotFound for one that may not be opened.
    """
    if lapsed(attached.id, lapsing):
        flash(_("The link to the file is no longer good. Choose the file again."))
        return redirect(back, 303)
    if not states.may_open(attached.file.state):
        raise NotFound("not to be opened")
    file = attached.file
    try:
        pieces = bytes_of(file)
        first = next(pieces, b"")
    except (Damaged, Unavailable):
        log.exception("files.not_given_out")
        flash(_("The file could not be opened. Try again in a few minutes, or ask for it by another way."))
        return redirect(back, 303)
    note(attached)
    kind = KINDS.get(file.kind)
    made = Response(chain([first], _rest(pieces)), mimetype=kind.media_type if kind else UNKNOWN_TYPE)
    made.content_length = file.size
    made.headers["Content-Disposition"] = headers.disposition(names.for_kind(file.name, file.kind))
    made.headers["Content-Security-Policy"] = headers.SANDBOX
    return made


def _rest(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What follows the first piece. The length was promised by then: where the store stops, the connection breaks off
    before it, and no browser takes what has come for the whole file."""
    try:
        yield from pieces
    except (Damaged, Unavailable):
        log.exception("files.broke_off")
        raise


def draft_panel(draft: Draft | None = None, **_about: Any) -> str:
    """The files on a draft's task list and beside its answers; a test keeps none."""
    if draft is None or is_trial():
        return ""
    actor = guard.actor()
    href = url_for("attachments.draft", draft_id=draft.id)
    found = rows(of_report(actor, draft.id), actor, removable=True)
    return render_template("referrals/_files.html", files=found, add=href, draft=True, waiting=waiting(draft=True))


def referrer_panel(found: Found | None = None, **_about: Any) -> str:
    """The files on the referrer's page of a report."""
    if found is None:
        return ""
    actor = guard.actor()
    may_add = reach(actor, Permission.REPLY) is Reach.AGENCY or found.author_id == actor.account_id
    href = url_for("attachments.agency", reference=found.reference)
    return _panel(found, href if may_add and found.state != "withdrawn" else "")


def council_panel(found: Found | None = None, **_about: Any) -> str:
    """The files on the screener's page of a report."""
    if found is None:
        return ""
    may_add = guard.may(Permission.SCREEN) and not found.reads_only(guard.actor()) and found.state != "withdrawn"
    return _panel(found, url_for("attachments.council", reference=found.reference) if may_add else "")


def _panel(found: Found, add: str) -> str:
    actor = guard.actor()
    return render_template(
        "referrals/_files.html", files=rows(on_report(actor, found.id), actor), add=add, draft=False, waiting=waiting()
    )


def register(app: Flask) -> None:
    """The addresses, and the lists on the pages of drafts and of both sides."""
    app.register_blueprint(blueprint)
    shell.add_panel(app, "draft_files", draft_panel)
    shell.add_panel(app, "referral_files", referrer_panel)
    shell.add_panel(app, "screening", council_panel)
