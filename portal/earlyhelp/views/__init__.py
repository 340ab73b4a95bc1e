"""The pages about early help, the team's link, and what the two pages of a report say of it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.earlyhelp.queries.offers import how_it_stands
from portal.earlyhelp.views import referrer, screener, team
from portal.earlyhelp.views.blueprint import blueprint
from portal.referrals.queries import counted
from portal.screening import beside
from portal.web import shell


def register(app: Flask) -> None:
    """The addresses, the navigation's link, the panel of the referrer's page and the line of the council's."""
    app.register_blueprint(blueprint)
    shell.add_navigation(app, navigation, place=3)
    shell.add_panel(app, "referral_outcome", referrer.panel)
    counted.add(screener.EARLY_HELP, how_it_stands)
    beside.add_line(app, 15, screener.line)


def navigation() -> Iterator[shell.Link]:
    """The list of the teams, for those who act for one."""
    if guard.may(Permission.EARLY_HELP):
        here = request.endpoint in ("earlyhelp.index", "earlyhelp.show", "earlyhelp.ask", "earlyhelp.act")
        yield shell.Link(_("Early help"), url_for("earlyhelp.index"), current=here)


__all__ = ["referrer", "register", "screener", "team"]
