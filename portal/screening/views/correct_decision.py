"""Correcting a decision in two steps, as it was recorded: which outcome, then what changed and why."""

from __future__ import annotations

from uuid import uuid4

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.messaging.queries import arrived, heard
from portal.referrals.queries.record import Found, find
from portal.screening.commands import approving, correcting
from portal.screening.commands.judging import needs_approval, standard_words
from portal.screening.deciding import outcome_of
from portal.screening.decision_input import DecisionInput
from portal.screening.queries.decision import Decided, decision
from portal.screening.views.decide import recorded, which
from portal.screening.views.decision_sheet import Sheet, posted_people
from portal.screening.views.queue import blueprint
from portal.tenants.settings import Outcome


@blueprint.get("/screening/<reference>/correct")
@page(Permission.DECIDE)
def correct(reference: str) -> ResponseReturnValue:
    """Which outcome is right; then, with one chosen, the decision as it is, to change what is wrong."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    now = decision(actor, Permission.DECIDE, found)
    if now is None or not correcting.may_correct(actor, found):
        return redirect(url_for(".show", reference=found.reference), 303)
    chosen = outcome_of(scope.council().settings, request.args.get("outcome", ""))
    if chosen is None:
        return which(found, url_for(".correct", reference=found.reference), correcting=True)
    _total, read = heard(actor, Permission.DECIDE, found)
    return _sheet(found, chosen, now, read).page(arrived(actor, Permission.DECIDE, found, read))


@blueprint.post("/screening/<reference>/correct")
@page(Permission.DECIDE)
def record_correction(reference: str) -> ResponseReturnValue:
    """Record the correction, or propose it where a second person must approve the outcome."""
    actor = guard.actor()
    found = find(actor, Permission.DECIDE, reference)
    chosen = outcome_of(scope.council().settings, request.form.get("outcome", ""))
    if chosen is None:
        return which(found, url_for(".correct", reference=found.reference), correcting=True)
    approval = needs_approval(chosen.key)
    sheet = Sheet(found, chosen, DecisionInput(), posted_people(), correcting=True, approval=approval)
    act = approving.propose if approval else correcting.correct
    done = _("Proposed: a practice manager must approve it") if approval else _("The decision has been corrected")
    return recorded(sheet, lambda: act(actor, found, sheet.given(), sheet.change()), done)


def _sheet(found: Found, chosen: Outcome, now: Decided, read: int) -> Sheet:
    """The decision as it is; another outcome brings its own words for the referrer."""
    told = now.told if chosen.key == now.outcome else standard_words(found, chosen)
    said = {"outcome": chosen.key, "route": now.route, "told": told, "rationale": now.rationale}
    said |= {"seen": str(read), "once": str(uuid4()), "decision": str(now.id)}
    form = DecisionInput(formdata=None, data=said)
    if now.grounds is not None:
        form.fill(now.grounds)
    people = now.grounds.consulted if now.grounds is not None else ()
    return Sheet(found, chosen, form, people, correcting=True, approval=needs_approval(chosen.key))
