"""A screener's own day: what was answered, what is due next, what waits; and the lists that they kept."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.screening import addresses, presenting
from portal.screening.clock_words import ClockView
from portal.screening.commands import lists as commands
from portal.screening.commands.lists import MOST_LISTS
from portal.screening.queries.day import day
from portal.screening.queries.lists import lists
from portal.screening.views import filtering
from portal.screening.views.queue import blueprint
from portal.screening.work_inputs import ListInput
from portal.tenants.settings import PRIORITIES
from portal.web.fields import from_form


@blueprint.get("/my-day")
@page(Permission.CLAIM)
def my_day() -> ResponseReturnValue:
    """What somebody has open, in the order in which it needs them."""
    now = clock.now()
    return render_template(
        "screening/my_day.html", day=day(guard.actor(), now), clocks=ClockView(now), words=presenting
    )


@blueprint.route("/holding-area/lists", methods=["GET", "POST"])
@page(Permission.CLAIM)
def kept_lists() -> ResponseReturnValue:
    """One's own lists; the address says which filters a new one would have."""
    actor = guard.actor()
    filters = addresses.read(request.args, routes=filtering.ROUTES, priorities=PRIORITIES)
    form = ListInput()
    if form.validate_on_submit():
        try:
            commands.save_list(actor, str(form.name.data), filters.address())
        except Invalid as wrong:
            form.refuse("name", _refusal(wrong))
        else:
            flash(_("The list has been saved"), "success")
            return redirect(url_for(".kept_lists"), 303)
    found = [(one, url_for(".queue", **dict(one.address))) for one in lists(actor)]
    chosen = filtering.removable(filters, filtering.asked(actor, filters, str(get_locale())))
    drawn = render_template(
        "screening/kept_lists.html", found=found, view=from_form(form)["name"], filters=filters, chosen=chosen
    )
    return drawn, 422 if form.is_submitted() else 200


@blueprint.post("/holding-area/lists/<uuid:list_id>/remove")
@page(Permission.CLAIM)
def remove_list(list_id: UUID) -> ResponseReturnValue:
    """Forget one of one's own lists."""
    commands.remove_list(guard.actor(), list_id)
    flash(_("The list has been removed"), "success")
    return redirect(url_for(".kept_lists"), 303)


def _refusal(wrong: Invalid) -> str:
    if wrong.errors.get("name") == "too_many":
        return str(_("You have %(most)s lists. Remove one first.", most=MOST_LISTS))
    return str(_("Enter a name for this list"))
