"""The pages of the hand-over: what is on its way, and one report's parcels with the package to copy."""

from __future__ import annotations

from flask import Flask, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.handover.queries.parcels import state_now
from portal.handover.views import collecting, listing, record, schema
from portal.handover.views.blueprint import blueprint
from portal.handover.words import line_words
from portal.referrals.queries import counted
from portal.referrals.queries.record import Found
from portal.screening import beside
from portal.screening.beside import Line


def register(app: Flask) -> None:
    """The addresses, and the line on a decided report's page."""
    app.register_blueprint(blueprint)
    counted.add("parcel", state_now)
    beside.add_line(app, 10, line)


def line(found: Found) -> Line | None:
    """Where the hand-over of a decided report stands, for whoever may decide."""
    state = found.counted.get("parcel")
    if (found.state != "decided" and not state) or not guard.may(Permission.DECIDE):
        return None
    said, attention = line_words(state) if state else ("", False)
    text = _("Hand-over to the case system")
    return Line(text, url_for("handover.of_report", reference=found.reference), said, attention)


__all__ = ["collecting", "listing", "record", "register", "schema"]
