"""Advice pages: what helps with each kind of worry, from the council's newest published version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.forms import queries
from portal.kernel import scope
from portal.kernel.errors import NotFound
from portal.web import shell
from portal.web.shell import Link

forms = Blueprint("forms", __name__)


def register(app: Flask) -> None:
    """Add the pages and their place in the navigation."""
    app.register_blueprint(forms)
    shell.add_navigation(app, _links, place=4)


def _links() -> Iterable[Link]:
    if scope.current().council is None:
        return ()
    return (Link(_("Advice"), url_for("forms.advice"), current=request.blueprint == "forms"),)


@forms.get("/advice")
@guard.public("advice helps a family before anybody reports, and whoever gives it")
def advice() -> str:
    """Every topic of the council."""
    topics = queries.newest().thresholds.topics.values()
    return render_template("forms/advice.html", topics=topics)


@forms.get("/advice/<topic>")
@guard.public("advice helps a family before anybody reports, and whoever gives it")
def topic(topic: str) -> str:
    """One topic: what to try first, who can help, when to come back and what to do if it gets worse."""
    found = queries.newest().thresholds.topics.get(topic)
    if found is None:
        raise NotFound
    return render_template("forms/topic.html", topic=found, reviewed=date.fromisoformat(found.reviewed))
