"""Advice pages: what helps with each kind of worry, from the council's newest published version."""

from __future__ import annotations

from datetime import date

from flask import render_template

from portal.auth import guard
from portal.forms import queries
from portal.forms.views.blueprint import blueprint
from portal.kernel.errors import NotFound


@blueprint.get("/advice")
@guard.public("advice helps a family before anybody reports, and whoever gives it")
def advice() -> str:
    """Every topic of the council."""
    topics = queries.newest().thresholds.topics.values()
    return render_template("forms/advice.html", topics=topics)


@blueprint.get("/advice/<topic>")
@guard.public("advice helps a family before anybody reports, and whoever gives it")
def topic(topic: str) -> str:
    """One topic: what to try first, who can help, when to come back and what to do if it gets worse."""
    found = queries.newest().thresholds.topics.get(topic)
    if found is None:
        raise NotFound
    return render_template("forms/topic.html", topic=found, reviewed=date.fromisoformat(found.reviewed))
