"""Recording an outcome in two steps: which one, then why and what the referrer reads."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.messaging.queries import arrived, heard
from portal.referrals import states
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening.commands import decisions
from portal.screening.deciding import outcome_of
from portal.screening.decision_input import DecisionInput
from portal.screening.inputs import OutcomeInput
from portal.screening.views.decision_sheet import MORE, Sheet, posted_people
from portal.screening.views.queue import blueprint
from portal.screening.views.report import conflict_page
from portal.tenants.settings import Council, Outcome
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
    form = DecisionInput(
        formdata=None,
        data={
            "outcome": chosen.key,
            "route": found.route,
            "told": say(chosen.tell, found.language),
            "seen": str(read),
            "once": str(uuid4()),
        },
    )
    return Sheet(found, chosen, form).page(arrived(actor, Permission.DECIDE, found, read))


@blueprint.post("/screening/<reference>/decide")
@page(Permission.DECIDE)
def record(reference: str) -> ResponseReturnValue:
    """Record the outcome."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    chosen = _outcome(request.form.get("outcome", ""))
    if chosen is None:
        return _which(found)
    sheet = Sheet(found, chosen, DecisionInput(), posted_people())
    if MORE in request.form or not sheet.good():
        return _again(sheet), 200 if MORE in request.form else 422
    try:
        decisions.decide(actor, found, sheet.given())
    except Invalid as error:
        sheet.explain(error.errors)
        return _again(sheet), 422
    except Conflict as conflict:
        return conflict_page(reference, conflict, kept=sheet.kept())
    flash(_("The outcome has been recorded"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


def _again(sheet: Sheet) -> str:
    """The page with what was typed, and whatever arrived since it was made."""
    return sheet.page(arrived(guard.actor(), Permission.DECIDE, sheet.found, sheet.seen()))


def _which(found: Found) -> ResponseReturnValue:
    form = OutcomeInput(formdata=request.values if "outcome" in request.values else None)
    form.offer(_council(), str(get_locale()))
    refused = "outcome" in request.values and not form.validate()
    page_ = render_template(
        "screening/decide.html",
        found=found,
        wording=Wording(found.form_key),
        views=from_form(form, heading="outcome"),
        chosen=None,
    )
    return page_, 422 if refused else 200


def _outcome(key: str) -> Outcome | None:
    return outcome_of(_council(), key)


def _council() -> Council:
    council = scope.current().council
    if council is None:
        raise NotFound
    settings: Council = council.settings
    return settings
