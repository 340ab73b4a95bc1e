"""Opening a restricted record with a reason, and the practice managers' list of what was opened."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import NotFound
from portal.screening.commands import opening
from portal.screening.inputs import OpenInput
from portal.screening.queries.openings import openings
from portal.screening.restricting_words import opening_reasons
from portal.screening.views.queue import blueprint
from portal.web.fields import from_form
from portal.web.limits import limiter


def _person() -> str:
    return str(guard.actor().account_id)


@blueprint.get("/restricted")
@page(Permission.SCREEN)
def open_restricted() -> ResponseReturnValue:
    """Which record, and why."""
    return _page(_form())


@blueprint.post("/restricted")
@page(Permission.SCREEN)
@limiter.limit("20 per hour", key_func=_person)
def opened() -> ResponseReturnValue:
    """Open it for an hour; a record that does not exist and one that may not be opened answer alike."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        reference = opening.open_record(
            guard.actor(), str(form.reference.data), str(form.reason.data), str(form.words.data)
        )
    except NotFound:
        form.refuse("reference", _("No record that you can open has this reference"))
        return _page(form), 422
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.get("/restricted/openings")
@page(Permission.RESTRICT)
def openings_list() -> ResponseReturnValue:
    """What was opened, newest first."""
    return render_template("screening/openings.html", openings=openings(guard.actor()), reasons=dict(opening_reasons()))


@blueprint.post("/restricted/openings/<uuid:opening_id>/end")
@page(Permission.RESTRICT)
def end_opening(opening_id: UUID) -> ResponseReturnValue:
    """Close a record before its time."""
    opening.end(guard.actor(), opening_id)
    flash(_("Closed"), "success")
    return redirect(url_for(".openings_list"), 303)


def _form() -> OpenInput:
    form = OpenInput()
    form.reason.choices = opening_reasons()
    return form


def _page(form: OpenInput) -> str:
    views = from_form(form)
    # Which record first: the reason comes to the form from what it shares with others.
    in_order = [views[name] for name in ("reference", "reason", "words")]
    return render_template("screening/open_restricted.html", views=in_order)
