"""The pages around the report: the front page, a council's own pages, the state of the instance, the outbox."""

from __future__ import annotations

from flask import Flask

from portal.auth.views.operator import links as operator_links
from portal.auth.views.operator import operator as operator_blueprint
from portal.tenants.views import (
    agencies,
    agency_decisions,
    agency_domains,
    agency_files,
    front,
    hand_over,
    health,
    logo,
    operator,
    outbox,
    own_settings,
    pages,
    setting_lists,
    settings_history,
    sign_on,
    support,
    terms,
)
from portal.tenants.views.agency_desk import agencies as agencies_blueprint
from portal.tenants.views.blueprint import tenants
from portal.web import shell

__all__ = [
    "agencies",
    "agency_decisions",
    "agency_domains",
    "agency_files",
    "front",
    "hand_over",
    "health",
    "logo",
    "operator",
    "outbox",
    "own_settings",
    "pages",
    "register",
    "setting_lists",
    "settings_history",
    "sign_on",
    "support",
    "terms",
]  # fmt: skip


def register(app: Flask) -> None:
    """Add the pages, and the council's own pages to the footer."""
    app.register_blueprint(tenants)
    app.register_blueprint(agencies_blueprint)
    app.register_blueprint(operator_blueprint)
    shell.add_navigation(app, operator_links)
    shell.add_navigation(app, agencies.links, place=4)
    shell.add_navigation(app, own_settings.links, place=5)
    shell.add_panel(app, "top", support.panel)
    shell.add_footer_links(app, pages.footer_links)
