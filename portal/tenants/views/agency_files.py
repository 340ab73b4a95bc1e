"""Agencies from a published file: upload it, look at what it would change, and take what is wanted."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.tenants import agency_files
from portal.tenants.agency_files import BadFile, RowMistake
from portal.tenants.commands import agency_files as commands
from portal.tenants.inputs import FileInput, TakeInput
from portal.tenants.queries import agency_files as queries
from portal.tenants.queries.agency_files import Kept
from portal.tenants.views import agency_words
from portal.tenants.views.agency_desk import UNPROCESSABLE, agencies
from portal.web.fields import from_form
from portal.web.posted import only_language

FILE = "register"
MOST_LISTED = 100


@agencies.route("/agencies/import", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def upload() -> ResponseReturnValue:
    """Choose a file and say what it is; nothing is taken yet."""
    form = FileInput()
    if request.method != "POST":
        return _upload(form)
    good = form.validate()
    sent = request.files.get(FILE)
    if sent is None or not sent.filename:
        if not only_language():
            form.refuse(FILE, _("Choose a file"))
        return _upload(form), UNPROCESSABLE
    if not good:
        return _upload(form), UNPROCESSABLE
    try:
        found = agency_files.read(sent.stream.read(), str(form.layout.data))
    except BadFile as bad:
        form.refuse(FILE, _bad(bad))
        return _upload(form), UNPROCESSABLE
    import_id = commands.keep(guard.actor(), str(form.layout.data), found)
    return redirect(url_for(".preview", import_id=import_id), 303)


def _upload(form: FileInput) -> str:
    return render_template("agencies/upload.html", fields=from_form(form))


def _bad(bad: BadFile) -> str:
    texts: dict[str, str] = {
        "empty": _("There is nothing in this file"),
        "too_large": _("This file is too large"),
        "not_text": _("This is not a CSV file: save the spreadsheet as CSV first"),
        "encoding": _("This file has characters that cannot be read: save it as CSV UTF-8"),
        "unreadable": _("This is not a whole CSV file: download it again"),
        "columns": _("This file has no column %(columns)s, or has it twice", columns=", ".join(bad.missing)),
        "layout": _("This file has another layout than the one you chose"),
        "many": _(
            "This file has more than %(number)s agencies: download those of your own area only",
            number=agency_files.MOST_ROWS,
        ),
    }
    return texts[bad.code]


@agencies.route("/agencies/import/<uuid:import_id>", methods=["GET", "POST"])
@page(Permission.COUNCIL)
def preview(import_id: UUID) -> ResponseReturnValue:
    """What the file would change, row by row; take what is ticked, all of it or nothing."""
    file = queries.kept(import_id)
    if file.applied:
        return redirect(url_for(".home"), 303)
    form = TakeInput()
    if request.method != "POST":
        return _preview(file, form, None)
    lines = form.lines()
    good = form.validate()
    if not lines and not only_language():
        form.refuse("take", _("Tick what to take"))
        good = False
    if not good:
        return _preview(file, form, lines), UNPROCESSABLE
    number = commands.take(guard.actor(), file, lines, str(form.digest.data))
    flash(ngettext("%(num)s row was taken.", "%(num)s rows were taken.", number), "success")
    return redirect(url_for(".home"), 303)


def _preview(file: Kept, form: TakeInput, ticked: set[int] | None) -> str:
    plan = queries.plan(file.rows)
    return render_template(
        "agencies/preview.html",
        file=file,
        plan=plan,
        ticked={one.row.line for one in plan.takeable} if ticked is None else ticked,
        error=str(form.take.errors[0]) if form.take.errors else "",
        mistakes=[(one.line, _mistake(one)) for one in file.mistakes[:MOST_LISTED]],
        more=max(0, len(file.mistakes) - MOST_LISTED),
        words=agency_words,
        layout=layout_words()[file.layout],
        differences=_differences(),
    )


def layout_words() -> dict[str, str]:
    """The layouts that can be read."""
    return {
        "gias": _("Get Information about Schools: all establishment data (edubasealldata)"),
        "welsh": _("Address list of schools in Wales"),
        "epraccur": _("NHS general practices (epraccur)"),
        "etr": _("NHS trusts (etr)"),
        "ets": _("NHS trust sites (ets)"),
    }


def _differences() -> dict[str, str]:
    return {
        "name": _("name"),
        "phone": _("telephone number"),
        "numbers": _("other numbers"),
        "address": _("address"),
    }


def _mistake(one: RowMistake) -> str:
    texts: dict[str, str] = {
        "width": _("has another number of cells than the first line"),
        "control": _("has characters that cannot be read, in the column %(column)s", column=one.column),
        "formula": _("begins like a formula, in the column %(column)s", column=one.column),
        "no_name": _("has no name"),
        "long_name": _("has a name that is too long"),
        "number": _("has a number that is not one of the register"),
        "kind": _("is of a kind that does not report here"),
        "twice": _("has the same number as line %(line)s", line=one.column),
    }
    return texts[one.code]
