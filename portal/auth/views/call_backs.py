"""Recording that somebody was rung back: they may set up signing in anew."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.commands import call_backs
from portal.auth.guard import actor, page
from portal.auth.inputs import RangBack
from portal.auth.policy import Permission
from portal.auth.queries import call_backs as queries
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint
from portal.kernel.errors import NotFound
from portal.web.fields import from_form


@blueprint.route("/people/<uuid:membership_id>/call-back", methods=["GET", "POST"])
@page(Permission.PEOPLE)
def call_back(membership_id: UUID) -> ResponseReturnValue:
    """What to do before one records a call-back, and the record."""
    found = queries.person(actor(), membership_id)
    if found is None:
        raise NotFound
    form = RangBack()
    if request.method == "POST" and form.validate():
        if form.rang.data == "yes":
            call_backs.record(actor(), membership_id)
            flash(_("Recorded. We have emailed %(name)s.", name=found.name), "success")
            return redirect(f"{request.script_root}/people", 303)
        form.refuse("rang", _("Ring them back first. If you cannot reach them, ask the council what to do"))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/call_back.html", person=found, form=from_form(form)), status
