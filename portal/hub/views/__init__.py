"""The hub's pages, the link in the navigation, and the line on a report's page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.hub.queries import new_count, open_count
from portal.hub.views import anew, council, files, held, partners
from portal.hub.views.blueprint import blueprint
from portal.referrals.queries import counted
from portal.screening import beside
from portal.web import shell


def register(app: Flask) -> None:
    """The addresses, the partners' link, and the line of the council's page."""
    app.register_blueprint(blueprint)
    shell.add_navigation(app, navigation, place=2)
    counted.add(council.OPEN, open_count)
    counted.add(council.NEW, new_count)
    beside.add_line(app, 15, council.line)


def navigation() -> Iterator[shell.Link]:
    """What is open to their agency, for partners."""
    if guard.may(Permission.HUB):
        here = request.endpoint in ("hub.opened_reports", "hub.room", "hub.answer")
        yield shell.Link(_("Hub"), url_for("hub.opened_reports"), current=here)


__all__ = ["anew", "council", "files", "held", "partners", "register"]
