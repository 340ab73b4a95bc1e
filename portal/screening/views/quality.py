"""How an agency's own reports did, as a picture and a table, for its lead."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.screening.queries.quality import Month, quality
from portal.screening.views.queue import blueprint

FEW = 5


@blueprint.get("/referrals/quality")
@page(Permission.TRACK)
def agency_quality() -> ResponseReturnValue:
    """The agency's own last twelve months, beside nobody else's."""
    months = quality(guard.actor())
    return render_template(
        "screening/quality.html",
        months=[(_named(one), one) for one in months],
        few=any(0 < one.decided < FEW for one in months),
        least=FEW,
        total=sum(one.decided for one in months),
    )


def _named(month: Month) -> str:
    return str(format_date(month.first, "MMM y"))
