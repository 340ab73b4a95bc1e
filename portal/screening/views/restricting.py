"""Who may see a report: restricting it to a list, changing the list, and lifting that with a second person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.auth.views.account import role_words
from portal.kernel.errors import Conflict, Invalid
from portal.referrals.queries.record import Found, find
from portal.referrals.wording import Wording
from portal.screening.commands import restricting
from portal.screening.inputs import ListInput, RestrictInput
from portal.screening.queries.restricting import Colleague, restriction, who_may_be_named
from portal.screening.restricting_words import restriction_reasons
from portal.screening.views.queue import blueprint
from portal.screening.views.report import conflict_page
from portal.web.fields import from_form
from portal.web.inputs import as_uuid


@blueprint.get("/screening/<reference>/restrict")
@page(Permission.RESTRICT)
def restricted(reference: str) -> ResponseReturnValue:
    """Who may see the report."""
    found = find(guard.actor(), Permission.RESTRICT, reference)
    return _page(found, _blank(found))


@blueprint.post("/screening/<reference>/restrict")
@page(Permission.RESTRICT)
def restrict(reference: str) -> ResponseReturnValue:
    """Restrict the report, or change the list of one that is restricted."""
    actor = guard.actor()
    found = find(actor, Permission.RESTRICT, reference)
    form = _form(found)
    if not form.validate_on_submit():
        return _page(found, form), 422
    people = [one for one in map(as_uuid, form.people.data or ()) if one]
    try:
        if isinstance(form, RestrictInput):
            restricting.restrict(actor, found, str(form.reason.data), str(form.words.data or ""), people)
        else:
            restricting.rename(actor, found, people)
    except Invalid as error:
        for name in error.errors:
            form.refuse(name, _("Say what the reason is") if name == "words" else _("Select the reason"))
        return _page(found, form), 422
    except Conflict as conflict:
        return conflict_page(reference, conflict)
    flash(_("Only the people on the list can see this now"), "success")
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/restrict/lifting")
@page(Permission.RESTRICT)
def lifting(reference: str) -> ResponseReturnValue:
    """Ask for the restriction to be lifted; lift it, as the second person; or keep it after all."""
    actor = guard.actor()
    found = find(actor, Permission.RESTRICT, reference)
    do = request.form.get("do", "")
    try:
        if do == "lift":
            restricting.lift(actor, found)
            flash(_("The restriction has been lifted"), "success")
        elif do == "keep":
            restricting.keep(actor, found)
            flash(_("The restriction stays"), "success")
        else:
            restricting.ask_to_lift(actor, found)
            flash(_("Asked. Another practice manager on the list can now lift the restriction."), "success")
    except Conflict as conflict:
        return conflict_page(reference, conflict)
    return redirect(url_for(".show", reference=found.reference), 303)


@blueprint.post("/screening/<reference>/agency-sight")
@page(Permission.RESTRICT)
def agency_sight(reference: str) -> ResponseReturnValue:
    """Take the report out of the sight of the author's colleagues, or put it back."""
    actor = guard.actor()
    found = find(actor, Permission.RESTRICT, reference)
    author_only = request.form.get("sight") == "author"
    try:
        restricting.cut_agency(actor, found, author_only=author_only)
    except Conflict as conflict:
        return conflict_page(reference, conflict)
    flash(_("At their agency only the author sees this now") if author_only else _("Their agency sees this again"))
    return redirect(url_for(".restricted", reference=found.reference), 303)


def _form(found: Found, **values: Any) -> RestrictInput | ListInput:
    form = RestrictInput(**values) if found.sight is None else ListInput(**values)
    form.people.choices = [(str(one.account_id), _named(one)) for one in _others()]
    if isinstance(form, RestrictInput):
        form.reason.choices = restriction_reasons()
    return form


def _blank(found: Found) -> RestrictInput | ListInput:
    return _form(found, formdata=None, data={"people": [str(one) for one in found.sight or ()]})


def _others() -> list[Colleague]:
    me: UUID = guard.actor().account_id
    return [one for one in who_may_be_named(guard.actor()) if one.account_id != me]


def _named(one: Colleague) -> str:
    return str(_("%(name)s, %(role)s", name=one.name, role=role_words(one.role)))


def _page(found: Found, form: RestrictInput | ListInput) -> str:
    return render_template(
        "screening/restrict.html",
        found=found,
        wording=Wording(found.form_key),
        views=[view for name, view in from_form(form).items() if name != "people" or view.options],
        now=restriction(found) if found.sight is not None else None,
        reasons=dict(restriction_reasons()),
        me=guard.actor().account_id,
    )
