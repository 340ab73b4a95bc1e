"""Who waits for approval and who is in: for an agency's lead, and for the council."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.commands import leads, memberships
from portal.auth.guard import actor, page
from portal.auth.inputs import Decision
from portal.auth.inputs.people import LeadCheck
from portal.auth.policy import Permission
from portal.auth.queries import attestation, colleagues
from portal.auth.queries import leads as registers
from portal.auth.queries import people as queries
from portal.auth.views.account import role_words, state_words
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint
from portal.auth.views.person import reason_words
from portal.kernel.errors import Invalid
from portal.web.dates import date_words
from portal.web.fields import from_form

_LAST_PAGE = 10_000


@blueprint.route("/people")
@page(Permission.PEOPLE)
def people() -> ResponseReturnValue:
    """Those who wait first, then those who are in."""
    number = min(max(request.args.get("page", 1, type=int), 1), _LAST_PAGE)
    active, more = queries.active(actor(), number)
    return render_template(
        "auth/people.html",
        waiting=queries.waiting(actor()),
        active=active,
        more=more,
        page=number,
        role_words=role_words,
        state_words=state_words,
        reason_words=reason_words,
        without_lead=colleagues.without_lead(actor()),
        late=attestation.late(actor()),
        to_confirm=len(attestation.to_confirm(actor())),
    )


@blueprint.route("/people/<uuid:membership_id>/approve", methods=["POST"])
@page(Permission.PEOPLE)
def approve(membership_id: UUID) -> ResponseReturnValue:
    """Let somebody in."""
    return _decide(membership_id, "approve", _("Approved. We have emailed them."))


@blueprint.route("/people/<uuid:membership_id>/refuse", methods=["POST"])
@page(Permission.PEOPLE)
def refuse(membership_id: UUID) -> ResponseReturnValue:
    """Do not let somebody in."""
    return _decide(membership_id, "refuse", _("Not approved. We have emailed them."))


@blueprint.route("/people/<uuid:membership_id>/lead", methods=["GET", "POST"])
@page(Permission.PEOPLE)
def make_lead(membership_id: UUID) -> ResponseReturnValue:
    """Ring the agency on the number of its register, then make somebody its lead."""
    found = leads.candidate(actor(), membership_id)
    numbers = registers.numbers(found.agency_id)
    form = LeadCheck(version=str(found.version))
    form.number.choices = [(number, number) for number in numbers]
    form.rang_on.choices = [(day.isoformat(), date_words(day)) for day in leads.days()]
    if request.method == "POST" and form.validate():
        call = leads.Call(str(form.number.data), str(form.answered_by.data), str(form.rang_on.data))
        leads.make_lead(actor(), membership_id, Decision().seen, call)
        flash(_("Recorded. They are the safeguarding lead now. We have emailed them."), "success")
        return redirect(f"{request.script_root}/people", 303)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/make_lead.html", one=found, numbers=numbers, form=from_form(form)), status


def _decide(membership_id: UUID, decision: str, words: str) -> ResponseReturnValue:
    try:
        memberships.decide(actor(), membership_id, decision, Decision().seen)
    except Invalid:
        return redirect(f"{request.script_root}/people/{membership_id}/lead", 303)
    flash(words, "success")
    return redirect(f"{request.script_root}/people", 303)
