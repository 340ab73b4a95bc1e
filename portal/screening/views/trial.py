"""A trial of a form as a screener would read it, shown on the trial's own page."""

from __future__ import annotations

from flask import render_template
from flask_babel import get_locale

from portal.referrals.queries.trials import Tried
from portal.screening import presenting
from portal.screening.digest import digest
from portal.screening.queries.report import of_trial
from portal.screening.views.report import route_told


def panel(tried: Tried) -> str:
    """The head of the report: its marks, and what a screener must know in two minutes."""
    language = str(get_locale())
    report = of_trial(tried)
    return render_template(
        "screening/_trial.html",
        found=report.found,
        digest=digest(report.published.form, report.found, report.children, report.answers, language),
        route=route_told(report, language),
        words=presenting,
    )
