"""Whether somebody of an agency is a partner in the council's hub: its administrators say so."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.commands import hub
from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.auth.queries import colleagues
from portal.auth.queries.colleagues import Colleague
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint
from portal.kernel.errors import NotFound
from portal.web.posted import only_language


@blueprint.get("/people/<uuid:membership_id>/hub")
@page(Permission.COUNCIL)
def hub_partner(membership_id: UUID) -> ResponseReturnValue:
    """What a partner may do, and the button that makes them one, or ends it."""
    return render_template("auth/person_hub.html", one=_found(membership_id))


@blueprint.post("/people/<uuid:membership_id>/hub")
@page(Permission.COUNCIL)
def change_hub_partner(membership_id: UUID) -> ResponseReturnValue:
    """Make them a partner, or end it."""
    found, do = _found(membership_id), request.form.get("do")
    if only_language() or do not in ("make", "end"):
        return render_template("auth/person_hub.html", one=found), UNPROCESSABLE
    if do == "make":
        hub.make_partner(actor(), membership_id)
        flash(_("They are a partner in the hub now. They read only what a screener opens to their agency."), "success")
    else:
        hub.end_partner(actor(), membership_id)
        flash(_("They are no longer a partner in the hub."), "success")
    return redirect(url_for("auth.person", membership_id=membership_id), 303)


def _found(membership_id: UUID) -> Colleague:
    found = colleagues.find(actor(), membership_id)
    if found is None or found.agency_id is None:
        raise NotFound
    return found
