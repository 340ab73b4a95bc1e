"""The pages of reports: beginning one, its triage, its sections, sending it, and following it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, request, url_for
from flask_babel import gettext as _

from portal.auth.guard import may
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.referrals.views import (
    attachments,
    beginning,
    connections,
    copying,
    downloads,
    emails,
    ending_connections,
    endings,
    following,
    items,
    mine,
    people,
    previews,
    restarting,
    sections,
    sending,
    sharing,
    triage,
    trying,
    typed,
    urgent,
    what_if,
)
from portal.referrals.views.blueprint import blueprint
from portal.web import shell

__all__ = [
    "attachments",
    "beginning",
    "connections",
    "copying",
    "downloads",
    "emails",
    "ending_connections",
    "endings",
    "following",
    "items",
    "mine",
    "people",
    "previews",
    "register",
    "restarting",
    "sections",
    "sending",
    "sharing",
    "triage",
    "trying",
    "typed",
    "urgent",
    "what_if",
]


def register(app: Flask) -> None:
    """Add the pages and what the navigation offers to people who may report."""
    app.register_blueprint(blueprint)
    trying.register(app)
    downloads.register(app)
    app.register_blueprint(what_if.blueprint)
    app.register_blueprint(previews.blueprint)
    shell.add_navigation(app, _links, place=1)


def _links() -> Iterable[shell.Link]:
    if scope.current().council is None:
        return
    here = request.path
    if may(Permission.REPORT):
        href = url_for("referrals.start")
        yield shell.Link(_("Report or request"), href, here == "/report" or here.startswith("/report/"))
    if may(Permission.TRACK):
        yield shell.Link(_("My reports and requests"), url_for("referrals.mine"), here.startswith("/referrals"))
