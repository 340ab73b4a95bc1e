"""Reports that are about to go, and holds that keep one past its time."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Conflict
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import kind_words
from portal.screening.commands import retention
from portal.screening.inputs import HoldInput, LiftInput
from portal.screening.queries.retention import MOST, endings, steps
from portal.screening.views.queue import blueprint
from portal.screening.views.report import conflict_page
from portal.web.fields import from_form


@blueprint.get("/retention")
@page(Permission.RESTRICT)
def ending() -> ResponseReturnValue:
    """What goes within the council's days of warning, and what stays past its time."""
    council = scope.current().council
    return render_template(
        "screening/retention.html",
        found=endings(guard.actor()),
        rules=council.settings.retention if council else None,
        kind_words=kind_words,
        most=MOST,
    )


@blueprint.get("/screening/<reference>/hold")
@page(Permission.RESTRICT)
def held(reference: str) -> ResponseReturnValue:
    """Whether the report is on hold, since when and why."""
    found = find(guard.actor(), Permission.RESTRICT, reference)
    return _page(found, HoldInput() if found.held_at is None else LiftInput())


@blueprint.post("/screening/<reference>/hold")
@page(Permission.RESTRICT)
def hold(reference: str) -> ResponseReturnValue:
    """Keep it past its time."""
    actor = guard.actor()
    found = find(actor, Permission.RESTRICT, reference)
    form = HoldInput()
    if not form.validate_on_submit():
        return _page(found, form), 422
    try:
        retention.hold(actor, found, str(form.words.data))
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=[{"key": _("Reason"), "value": str(form.words.data)}])
    flash(_("This is on hold: it stays until a practice manager lifts the hold"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/hold/lift")
@page(Permission.RESTRICT)
def lift_hold(reference: str) -> ResponseReturnValue:
    """Let it go at its time again."""
    actor = guard.actor()
    found = find(actor, Permission.RESTRICT, reference)
    form = LiftInput()
    if found.held_at is not None and not form.validate_on_submit():
        return _page(found, form), 422
    try:
        retention.lift(actor, found, str(form.words.data or ""), str(form.since.data or ""))
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=[{"key": _("Reason"), "value": str(form.words.data)}])
    flash(_("The hold has been lifted"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def _page(found: Found, form: HoldInput | LiftInput) -> str:
    views = from_form(form)
    return render_template(
        "screening/hold.html",
        found=found,
        view=views["words"],
        since=found.held_at.isoformat() if found.held_at else "",
        lifting=isinstance(form, LiftInput),
        steps=steps(found),
    )
