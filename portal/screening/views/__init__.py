"""The council's pages: the holding area, one report, its decision; and the outcome on the referrer's page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.policy import Permission
from portal.messaging.views.copying import add_answers
from portal.screening.queries import kept
from portal.screening.queries.decision import number_with_reason
from portal.screening.views import (
    alerts,
    approving,
    changes,
    contacts,
    correct_decision,
    day,
    decide,
    duty,
    live,
    openings,
    outcome,
    previous,
    quality,
    queue,
    reading,
    report,
    restricting,
    retention,
    sharing,
    trial,
    working,
)
from portal.tenants import outcome_entries, uses
from portal.web import shell


def register(app: Flask) -> None:
    """The addresses, the link in the navigation, and the panel on the referrer's page."""
    app.register_blueprint(queue.blueprint)
    kept.register()
    shell.add_navigation(app, navigation, place=2)
    shell.add_panel(app, "referral_outcome", outcome.panel)
    shell.add_panel(app, "messages_reading", reading.panel)
    add_answers(app, outcome.copied)
    shell.add_panel(app, "trial", trial.panel)
    shell.add_panel(app, "screening", contacts.panel)
    shell.add_panel(app, "screening_previous", previous.panel)
    shell.add_panel(app, "screening_changes", approving.panel)
    shell.add_panel(app, "top", alerts.banner)
    uses.add(app, outcome_entries.REASONS.rstrip("-"), in_use)


def in_use(list_key: str, code: str) -> str:
    """How often a reason was given that somebody wants to remove; "" for never."""
    count = number_with_reason(list_key.removeprefix(outcome_entries.REASONS), code)
    says = ngettext("It was given for %(num)s decision.", "It was given for %(num)s decisions.", count)
    return str(says) if count else ""


def navigation() -> Iterator[shell.Link]:
    """The holding area, for those who may screen."""
    if guard.may(Permission.LOOK):
        here = request.endpoint in ("screening.queue", "screening.show", "screening.decide")
        yield shell.Link(_("Holding area"), url_for("screening.queue"), current=here)
    if guard.may(Permission.CLAIM):
        yield shell.Link(_("My day"), url_for("screening.my_day"), current=request.endpoint == "screening.my_day")


__all__ = [
    "approving",
    "changes",
    "correct_decision",
    "day",
    "decide",
    "duty",
    "live",
    "openings",
    "quality",
    "queue",
    "register",
    "report",
    "restricting",
    "retention",
    "sharing",
    "working",
]
