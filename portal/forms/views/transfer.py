"""Forms as files: taken away as a zip that the command line reads too, and brought in as a new draft."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.forms import exporting, importing
from portal.forms.commands import library as commands
from portal.forms.files import FormMistakes
from portal.forms.importing import Refused
from portal.forms.queries import versions
from portal.forms.views.blueprint import blueprint, open_draft
from portal.kernel import scope
from portal.kernel.errors import Invalid
from portal.tenants.documents import Mistake
from portal.web.fields import FieldView

FILE = "form_file"
MOST_MISTAKES = 100


@blueprint.get("/forms/drafts/<uuid:form_id>/export")
@page(Permission.PUBLISH)
def export_draft(form_id: UUID) -> Response:
    """A draft as it stands, as a zip of files."""
    draft = open_draft(form_id)
    commands.note_export(draft.form_key, draft.id)
    written = exporting.files(draft.content, draft.form_key)
    return _download(written, f"{scope.council().slug}-{draft.form_key}-draft.zip")


@blueprint.get("/forms/versions/<uuid:version_id>/export")
@page(Permission.PUBLISH)
def export_version(version_id: UUID) -> Response:
    """A published version as a zip of files."""
    stored = versions.stored(version_id)
    commands.note_export(stored.form_key, version_id)
    written = exporting.files(stored.content, stored.form_key)
    return _download(written, f"{scope.council().slug}-{stored.form_key}-{stored.number}.zip")


def _download(written: dict[str, str], name: str) -> Response:
    made = Response(exporting.zipped(written), mimetype="application/zip")
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return made


@blueprint.route("/forms/import", methods=["GET", "POST"])
@page(Permission.DESIGN)
def bring_in() -> ResponseReturnValue:
    """Upload a form as files; it becomes a draft, or every mistake in it is named."""
    if request.method != "POST":
        return _page()
    sent = request.files.get(FILE)
    try:
        if sent is None or not sent.filename:
            return _page(_("Choose a file")), 422
        found = importing.read(sent.filename, sent.stream.read(importing.MOST_BYTES + 1))
        form_id = commands.bring_in(guard.actor(), found.family, found.content)
    except Refused as refused:
        return _page(_reason(refused)), 422
    except FormMistakes as trouble:
        return _page(_("The form in this file has mistakes: they are listed below"), trouble.mistakes), 422
    except Invalid as invalid:
        locked = invalid.errors.get("content") == "locked"
        return _page(_locked_words() if locked else _("The form in this file is too large")), 422
    flash(_("The form is here as a draft. Nothing changes for referrers until it is published."), "success")
    return redirect(url_for("forms.draft", form_id=form_id), 303)


def _locked_words() -> str:
    words: str = _("This form changes what the shared library has locked. Change only the other parts, and try again.")
    return words


def _page(error: str = "", mistakes: list[Mistake] | None = None) -> str:
    view = FieldView(
        "file",
        FILE,
        _("The form as a file"),
        hint=_("A zip of files that was exported here, or one YAML or JSON file with form, thresholds and scenarios."),
        error=error,
    )
    listed = mistakes or []
    return render_template(
        "forms/bring_in.html", field=view, mistakes=listed[:MOST_MISTAKES], more=max(0, len(listed) - MOST_MISTAKES)
    )


def _reason(refused: Refused) -> str:
    plain: dict[str, str] = {
        "empty": _("This file is empty"),
        "too_large": _("This file is larger than 1 MB"),
        "kind": _("Choose a zip, YAML or JSON file"),
        "broken": _("This zip cannot be unpacked: make it again"),
        "many": _("This zip has too many files in it"),
        "path": _("A file in this zip has a name that leads outside it"),
        "link": _("This zip has a link or a special file in it: put only plain files into it"),
        "encrypted": _("This zip has a password: make one without"),
        "several": _("This zip has more than one form in it: import them one by one"),
        "nothing": _("This zip has no form in it"),
    }
    named: dict[str, str] = {
        "unknown": _("%(file)s is not a file of a form", file=refused.file),
        "twice": _("%(file)s is in this zip twice", file=refused.file),
        "bomb": _("%(file)s unpacks to more than we take", file=refused.file),
    }
    return plain.get(refused.reason) or named[refused.reason]
