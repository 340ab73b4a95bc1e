"""The pages around the report: the front page, a council's own pages, the state of the instance, the outbox."""

from __future__ import annotations

from flask import Flask

from portal.tenants.views import front, health, outbox, pages
from portal.tenants.views.blueprint import tenants
from portal.web import shell

__all__ = ["front", "health", "outbox", "pages", "register"]


def register(app: Flask) -> None:
    """Add the pages, and the council's own pages to the footer."""
    app.register_blueprint(tenants)
    shell.add_footer_links(app, pages.footer_links)
