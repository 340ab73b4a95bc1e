"""The alert of an urgent report: a banner on every page of whoever may screen, and the button that ends it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import clock, scope
from portal.referrals.commands import duty
from portal.referrals.queries.record import find
from portal.screening.presenting import length_words
from portal.screening.queries.duty import waiting
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


def banner(**_about: Any) -> str:
    """The urgent reports that nobody has acknowledged, for whoever may; nothing for anybody else."""
    if scope.current().council is None or not guard.may(Permission.SCREEN):
        return ""
    found = waiting(guard.actor())
    if not found.count:
        return ""
    now = clock.now()
    ago = [(reference, length_words(now - since)) for reference, since in found.first]
    return render_template("screening/_duty.html", reports=ago, more=found.count - len(ago))
