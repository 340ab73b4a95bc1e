"""The outcome on the referrer's page: what was decided, what they are told, and when."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import get_locale

from portal.auth import guard
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.referrals.queries.record import Found
from portal.screening import presenting
from portal.screening.commands.decisions import see_outcome
from portal.screening.queries.decision import decisions


def panel(found: Found | None = None, **_about: Any) -> str:
    """The outcome of a decided report, and those that were replaced when it was taken up again; "" before any. Showing
    it marks it read."""
    council = scope.current().council
    if found is None or council is None:
        return ""
    made = decisions(guard.actor(), Permission.TRACK, found)
    if not made:
        return ""
    see_outcome(guard.actor(), found)
    language = str(get_locale())
    return render_template(
        "screening/_outcome.html",
        made=[(one, presenting.outcome_label(council.settings, one.outcome, language)) for one in made],
        told_language=found.language,
    )
