"""The pages of forms: advice for everybody, and the designer for the council's own people."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from flask import Flask, request, url_for
from flask_babel import gettext as _

from portal.auth.policy import Permission, Reach, reach
from portal.forms.commands import founding as founding
from portal.forms.views.blueprint import blueprint
from portal.kernel import scope
from portal.web import shell
from portal.web.shell import Link

# Each adds its pages to the blueprint when it is imported.
PAGES = (
    "advice",
    "conditions",
    "entries",
    "form_words",
    "home",
    "rules",
    "library",
    "transfer",
    "new_questions",
    "newer",
    "parts",
    "preview",
    "questions",
    "structure",
    "translations",
    "scenarios",
    "proof",
    "releasing",
    "remaining",
    "comments",
    "history",
)


def register(app: Flask) -> None:
    """Add the pages and their places in the navigation."""
    for name in PAGES:
        import_module(f"portal.forms.views.{name}")
    app.register_blueprint(blueprint)
    shell.add_navigation(app, _links, place=4)


def _links() -> Iterable[Link]:
    if scope.current().council is None:
        return
    here = request.path
    yield Link(_("Advice"), url_for("forms.advice"), current=here == "/advice" or here.startswith("/advice/"))
    if reach(scope.current().actor, Permission.PUBLISH) is not Reach.NONE:
        yield Link(_("Forms"), url_for("forms.home"), current=here == "/forms" or here.startswith("/forms/"))
