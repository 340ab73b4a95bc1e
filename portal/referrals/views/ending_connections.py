"""Ending a declared connection with a reason, and the practice managers' list of all that were declared."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import NotFound
from portal.referrals.commands import ending_connections as commands
from portal.referrals.queries.connections import declarations, declared_by, ended_by
from portal.referrals.views.blueprint import blueprint
from portal.web.fields import from_form
from portal.web.inputs import Input, longest, needed


class EndConnectionInput(Input):
    """Why it is over."""

    why = TextAreaField(
        _l("Why is there no connection any more?"),
        [
            needed(_l("Enter why there is no connection any more")),
            longest(
                commands.MAX_WORDS,
                _l("The reason must be %(limit)s characters or fewer", limit=commands.MAX_WORDS),
            ),
        ],
        description=_l("The practice managers read this, and whom the connection was to."),
    )


@blueprint.route("/account/connections/<uuid:connection_id>/end", methods=["GET", "POST"])
@page(Permission.CONNECT)
def end_connection(connection_id: UUID) -> ResponseReturnValue:
    """What follows, and the reason."""
    one = next((found for found in declared_by(guard.actor()) if found.id == connection_id), None)
    if one is None:
        # The second click of two: it is over since the first.
        if request.method == "POST" and ended_by(guard.actor(), connection_id):
            return redirect(url_for(".connections"), 303)
        raise NotFound("no such connection of theirs")
    form = EndConnectionInput()
    if form.validate_on_submit():
        commands.end(guard.actor(), connection_id, str(form.why.data))
        flash(_("Ended. You see this family’s reports again, and the practice managers have been told."), "success")
        return redirect(url_for(".connections"), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("referrals/connection_end.html", one=one, form=from_form(form)), status


@blueprint.get("/restricted/connections")
@page(Permission.RESTRICT)
def declared_connections() -> str:
    """Who has declared one; of those that were ended also whom it was to, and why."""
    return render_template("referrals/declared_connections.html", declared=declarations(guard.actor()))


@blueprint.post("/restricted/connections/<uuid:connection_id>/back")
@page(Permission.RESTRICT)
def put_connection_back(connection_id: UUID) -> ResponseReturnValue:
    """Hide the family again from whoever ended the connection."""
    commands.put_back(guard.actor(), connection_id)
    flash(_("The family’s reports are hidden from them again"), "success")
    return redirect(url_for(".declared_connections"), 303)
