"""The button that ends the alert of an urgent report."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.referrals.commands import duty
from portal.referrals.queries.record import find
from portal.screening.views.queue import blueprint


@blueprint.post("/screening/<reference>/acknowledge")
@page(Permission.SCREEN)
def acknowledge(reference: str) -> ResponseReturnValue:
    """Say that one knows of an urgent report; a second time changes nothing."""
    actor = guard.actor()
    found = find(actor, Permission.SCREEN, reference)
    if duty.acknowledge(actor, found):
        flash(_("You have acknowledged this urgent report. Claim it to work on it."), "success")
    return redirect(url_for(".show", reference=found.reference), 303)
