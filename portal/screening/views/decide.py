"""Recording an outcome in two steps: which one, then why and what the referrer reads."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel.errors import Conflict, Invalid
from portal.messaging.queries import arrived, heard
from portal.referrals import states
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening.commands import approving, decisions
from portal.screening.commands.judging import needs_approval, standard_words
from portal.screening.deciding import outcome_of
from portal.screening.decision_input import DecisionInput
from portal.screening.inputs import OutcomeInput
from portal.screening.queries.proposals import latest
from portal.screening.views.decision_sheet import Sheet, posted_people, settings_here
from portal.screening.views.queue import blueprint
from portal.screening.views.report import conflict_page
from portal.tenants.settings import Outcome
from portal.web.fields import from_form


@blueprint.get("/screening/<reference>/decide")
@page(Permission.DECIDE)
def decide(reference: str) -> ResponseReturnValue:
    """Which outcome; then, with one chosen, the form that records it."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    if found.owner_id != actor.account_id or not states.may("decide", found.state):
        return redirect(url_for(".show", reference=found.reference), 303)
    chosen = _outcome(request.args.get("outcome", ""))
    if chosen is None:
        return _which(found)
    _total, read = heard(actor, Permission.DECIDE, found)
    return _sheet(found, chosen, read).page(arrived(actor, Permission.DECIDE, found, read))


@blueprint.post("/screening/<reference>/decide")
@page(Permission.DECIDE)
def record(reference: str) -> ResponseReturnValue:
    """Record the outcome."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    chosen = _outcome(request.form.get("outcome", ""))
    if chosen is None:
        return _which(found)
    sheet = Sheet(found, chosen, DecisionInput(), posted_people(), approval=needs_approval(chosen.key))
    act = approving.propose if sheet.approval else decisions.decide
    done = _("Proposed: a practice manager must approve it") if sheet.approval else _("The outcome has been recorded")
    return recorded(sheet, lambda: act(actor, found, sheet.given()), done)


def recorded(sheet: Sheet, act: Callable[[], None], done: str) -> ResponseReturnValue:
    """Do what the sheet is for, or show it again with whatever is wrong."""
    reference = sheet.found.reference
    if sheet.goes_on():
        return _again(sheet), 200
    if not sheet.good():
        return _again(sheet), 422
    try:
        act()
    except Invalid as error:
        sheet.explain(error.errors)
        return _again(sheet), 422
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=sheet.kept())
    flash(done, "success")
    return redirect(url_for(".show", reference=reference), 303)


def _sheet(found: Found, chosen: Outcome, read: int) -> Sheet:
    """The empty sheet; what was proposed before with that outcome and came back is written in it."""
    last = latest(guard.actor(), found, Permission.DECIDE)
    back = last.given if last and last.result == "sent_back" and last.given.outcome == chosen.key else None
    said = {"outcome": chosen.key, "seen": str(read), "once": str(uuid4())}
    if back is not None and last is not None and last.change is None:
        form = DecisionInput(
            formdata=None, data={**said, "route": back.route, "told": back.told, "rationale": back.rationale}
        )
        form.fill(back.grounds)
        people = back.grounds.consulted
    else:
        told = standard_words(found, chosen)
        form, people = DecisionInput(formdata=None, data={**said, "route": found.route, "told": told}), ()
    return Sheet(found, chosen, form, people, approval=needs_approval(chosen.key))


def _again(sheet: Sheet) -> str:
    """The page with what was typed, and whatever arrived since it was made."""
    return sheet.page(arrived(guard.actor(), Permission.DECIDE, sheet.found, sheet.seen()))


def _which(found: Found) -> ResponseReturnValue:
    return which(found, url_for(".decide", reference=found.reference))


def which(found: Found, action: str, *, correcting: bool = False) -> ResponseReturnValue:
    """The first step: which outcome."""
    form = OutcomeInput(formdata=request.values if "outcome" in request.values else None)
    form.offer(settings_here(), str(get_locale()))
    refused = "outcome" in request.values and not form.validate()
    page_ = render_template(
        "screening/decide.html",
        found=found,
        wording=Wording(found.form_key),
        views=from_form(form, heading="outcome"),
        chosen=None,
        action=action,
        correcting=correcting,
    )
    return page_, 422 if refused else 200


def _outcome(key: str) -> Outcome | None:
    return outcome_of(settings_here(), key)
