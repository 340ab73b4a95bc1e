"""The page on which a lead confirms, every 90 days, who still works at the agency."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.commands import attesting, standing
from portal.auth.guard import actor, page
from portal.auth.policy import Permission, Reach, reach
from portal.auth.queries import attestation
from portal.auth.queries.attestation import Due
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.web.fields import FieldView, OptionView
from portal.web.posted import only_language


@blueprint.route("/people/confirm", methods=["GET", "POST"])
@page(Permission.PEOPLE)
def confirm() -> ResponseReturnValue:
    """Keep or end, person by person."""
    if reach(actor(), Permission.PEOPLE) is not Reach.AGENCY:
        raise NotFound
    waiting = attestation.to_confirm(actor())
    posted = request.method == "POST"
    fields = [_field(one, posted=posted) for one in waiting]
    if posted and not only_language() and not any(view.error for view in fields):
        return _decided(waiting)
    status = UNPROCESSABLE if posted else 200
    return render_template("auth/confirm.html", waiting=list(zip(waiting, fields, strict=True)), fields=fields), status


def _field(one: Due, *, posted: bool) -> FieldView:
    name = f"keep-{one.id}"
    chosen = request.form.get(name, "")
    wrong = posted and chosen not in ("keep", "end")
    return FieldView(
        "radios",
        name,
        one.name,
        hint=", ".join(part for part in (one.job_title, one.email) if part),
        value=chosen,
        error=_("Select whether %(name)s still works here", name=one.name) if wrong else "",
        options=(
            OptionView("keep", _("Still works here")),
            OptionView("end", _("Has left: end their access")),
        ),
    )


def _decided(waiting: tuple[Due, ...]) -> ResponseReturnValue:
    """Confirm and end; who leaves something that a colleague must take over has a page of their own."""
    leaving: UUID | None = None
    for one in waiting:
        if request.form.get(f"keep-{one.id}") == "keep":
            attesting.confirm(actor(), one.id, one.version)
            continue
        try:
            standing.end(actor(), one.id, one.version, "left", "")
        except (Invalid, Conflict):
            leaving = leaving or one.id
    if leaving is not None:
        flash(_("Select who takes over from this person. The others are done."))
        return redirect(f"{request.script_root}/people/{leaving}/end", 303)
    flash(_("Thank you. We will ask you again in 90 days."), "success")
    return redirect(f"{request.script_root}/people", 303)
