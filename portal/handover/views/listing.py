"""Every parcel of the council by where it is: waiting, delivered, not delivered."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.handover import words
from portal.handover.queries import parcels
from portal.handover.views.blueprint import blueprint
from portal.web import keyset

LAST = "failed"


@blueprint.get("/hand-over")
@page(Permission.DECIDE)
def index() -> ResponseReturnValue:
    """One part of the list, the newest first."""
    actor = guard.actor()
    tab = request.args.get("tab", "waiting")
    tab = tab if tab in parcels.TABS else "waiting"
    older = keyset.understood(request.args.get("older", ""))
    found, numbers = parcels.listed(actor, tab, older), parcels.numbers(actor)
    names = {"waiting": _("Waiting"), "delivered": _("Delivered"), LAST: _("Refused or given up")}
    return render_template(
        "handover/list.html",
        found=found,
        tab=tab,
        tabs=[(name, names[name], numbers[name]) for name in parcels.TABS],
        words=words,
        first=url_for(".index", tab=tab) if older else "",
        next=url_for(".index", tab=tab, older=keyset.spoken(found.older)) if found.older else "",
    )
