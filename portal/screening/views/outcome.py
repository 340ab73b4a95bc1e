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
from portal.screening.queries.decision import decision


def panel(found: Found | None = None, **_about: Any) -> str:
    """The outcome of a decided report, "" before; showing it marks it read."""
    council = scope.current().council
    if found is None or found.state != "decided" or council is None:
        return ""
    decided = decision(guard.actor(), Permission.TRACK, found)
    if decided is None:
        return ""
    see_outcome(guard.actor(), found)
    return render_template(
        "screening/_outcome.html",
        label=presenting.outcome_label(council.settings, decided.outcome, str(get_locale())),
        told=decided.told,
        told_language=found.language,
        decided_at=decided.decided_at,
    )
