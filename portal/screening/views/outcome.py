"""The outcome on the referrer's page: what was decided, what they are told, and when."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import get_locale

from portal.auth import guard
from portal.auth.policy import Permission
from portal.forms.families import CONCERN
from portal.forms.queries import version
from portal.kernel import scope
from portal.referrals.presenting import answer_groups_of
from portal.referrals.queries.record import Found, answers_of
from portal.screening import presenting
from portal.screening.commands.decisions import see_outcome
from portal.screening.guidance import left_empty
from portal.screening.queries.decision import decisions


def _left_empty(found: Found, language: str) -> list[str]:
    """The telling questions that nobody had to answer and nobody did."""
    form = version(found.form_version_id).form
    return left_empty(form, answer_groups_of(form, found, answers_of(found), language))


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
    now = next((one for one in made if one.replaced_at is None), None)
    returned = now is not None and any(one.key == now.outcome and one.returns for one in council.settings.outcomes)
    return render_template(
        "screening/_outcome.html",
        returned=returned and found.form_key == CONCERN,
        empty=_left_empty(found, language) if returned else (),
        made=[(one, presenting.outcome_label(council.settings, one.outcome, language)) for one in made],
        told_language=found.language,
    )
