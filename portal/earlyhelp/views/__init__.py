"""The pages about early help, the team's link, and what the two pages of a report say of it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.policy import Permission
from portal.earlyhelp.queries.members import number_of
from portal.earlyhelp.queries.offers import how_it_stands, number_with
from portal.earlyhelp.views import people, referrer, screener, team
from portal.earlyhelp.views.blueprint import blueprint
from portal.referrals.queries import counted
from portal.screening import beside
from portal.tenants import early_help_entries, uses
from portal.web import shell


def register(app: Flask) -> None:
    """The addresses, the navigation's link, the panel of the referrer's page and the line of the council's."""
    app.register_blueprint(blueprint)
    shell.add_navigation(app, navigation, place=3)
    shell.add_panel(app, "referral_outcome", referrer.panel)
    shell.add_panel(app, "person", people.panel)
    counted.add(screener.EARLY_HELP, how_it_stands)
    beside.add_line(app, 15, screener.line)
    uses.add(app, early_help_entries.EARLY_HELP, in_use)


def in_use(_list_key: str, team: str) -> str:
    """What a team has that somebody wants to remove; "" for nothing."""
    count, people = number_with(team), number_of(team)
    says = ngettext(
        "%(num)s report is with this team. It stays there, under the team’s code, until it is closed or taken back.",
        "%(num)s reports are with this team. They stay there, under the team’s code, until they are closed or taken "
        "back.",
        count,
    )
    of_it = ngettext(
        "%(num)s person is of this team only, and would not see what is handed to any other: first change whose "
        "reports they see.",
        "%(num)s people are of this team only, and would not see what is handed to any other: first change whose "
        "reports they see.",
        people,
    )
    return " ".join([*([str(says)] if count else []), *([str(of_it)] if people else [])])


def navigation() -> Iterator[shell.Link]:
    """The list of the teams, for those who act for one."""
    if guard.may(Permission.EARLY_HELP):
        here = request.endpoint in ("earlyhelp.index", "earlyhelp.show", "earlyhelp.ask", "earlyhelp.act")
        yield shell.Link(_("Early help"), url_for("earlyhelp.index"), current=here)


__all__ = ["people", "referrer", "register", "screener", "team"]
