"""Every parcel of the council by where it is: waiting, delivered, not delivered."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.handover import words
from portal.handover.queries import parcels
from portal.handover.views.blueprint import blueprint

_OLDER = re.compile(r"[0-9T:.+-]{20,40}~[0-9a-f-]{36}")
LAST = "failed"


@blueprint.get("/hand-over")
@page(Permission.DECIDE)
def index() -> ResponseReturnValue:
    """One part of the list, the newest first."""
    actor = guard.actor()
    tab = request.args.get("tab", "waiting")
    tab = tab if tab in parcels.TABS else "waiting"
    older = _older(request.args.get("older", ""))
    found, numbers = parcels.listed(actor, tab, older), parcels.numbers(actor)
    names = {"waiting": _("Waiting"), "delivered": _("Delivered"), LAST: _("Refused or given up")}
    return render_template(
        "handover/list.html",
        found=found,
        tab=tab,
        tabs=[(name, names[name], numbers[name]) for name in parcels.TABS],
        words=words,
        first=url_for(".index", tab=tab) if older else "",
        next=url_for(".index", tab=tab, older=f"{found.older[0].isoformat()}~{found.older[1]}") if found.older else "",
    )


def _older(text: str) -> tuple[datetime, UUID] | None:
    """Where the page begins, as its address says it; None for the first page and for what is no place."""
    if not _OLDER.fullmatch(text):
        return None
    moment, _tilde, last = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(last)) if at.tzinfo else None
    except ValueError:
        return None
