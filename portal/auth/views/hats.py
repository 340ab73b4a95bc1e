"""Which hat somebody wears who belongs to several agencies; asking for another, and giving one up."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import leaving
from portal.auth.commands import memberships, standing
from portal.auth.guard import actor, page
from portal.auth.inputs import NO_AGENCY, Join
from portal.auth.inputs.people import ChooseHat, Leave, LeaveStaff
from portal.auth.policy import Permission
from portal.auth.queries import accounts, colleagues, hats
from portal.auth.queries.agencies import judge
from portal.auth.queries.hats import Hat
from portal.auth.views.account import role_words, state_words
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint, going_on, language, limited
from portal.auth.views.person import heir_choices, left_words
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.language import say
from portal.web.fields import from_form


def _words(hat: Hat) -> str:
    council = scope.current().council
    where = hat.agency or (council.name if council else {})
    words = role_words(hat.role) if hat.state == "active" else state_words(hat.state)
    return f"{say(where, language())}: {words}"


@blueprint.route("/account/hat", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
def hat() -> ResponseReturnValue:
    """For which agency the person acts now."""
    mine = hats.of(actor())
    if len(mine) < 2:  # noqa: PLR2004 - one hat leaves nothing to choose
        return redirect(f"{request.script_root}/account", 303)
    form = ChooseHat(hat=None if request.method == "POST" else str(actor().membership_id))
    form.hat.choices = [(str(one.id), _words(one)) for one in mine]
    if request.method == "POST" and form.validate():
        chosen = next(one.id for one in mine if str(one.id) == form.hat.data)
        session["hat"] = str(chosen)
        under = replace(accounts.actor_of(actor().account_id, chosen), strength=actor().strength)
        return redirect(going_on(under), 303)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/hat.html", form=from_form(form, heading="hat")), status


@blueprint.route("/account/another-agency", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("join", network="60 per hour")
def another_agency() -> ResponseReturnValue:
    """Ask to belong to one more agency; the memberships that there are stay."""
    mine = {one.agency_id for one in hats.of(actor())}
    if not mine:
        return redirect(f"{request.script_root}/join", 303)
    offered = [one for one in judge(actor().email).agencies if one.id not in mine]
    form = Join()
    form.offer([(str(one.id), say(one.name, language())) for one in offered])
    if request.method == "POST" and offered and form.validate():
        if form.agency.data == NO_AGENCY:
            return redirect(f"{request.script_root}/register/no-agency", 303)
        try:
            memberships.ask(actor(), str(form.agency.data), str(form.job.data), lead=form.lead.data == "yes")
        except Conflict:
            return redirect(f"{request.script_root}/account/hat", 303)
        flash(_("Asked. We will email you when they have decided. Until then, go on as before."), "success")
        return redirect(f"{request.script_root}/account", 303)
    status = UNPROCESSABLE if request.method == "POST" else 200
    views = from_form(form)
    fields = [views[name] for name in form.field_order] if offered else []
    return render_template("auth/another_agency.html", fields=fields), status


@blueprint.route("/account/leave", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
def leave() -> ResponseReturnValue:
    """Stop acting for the agency of the present hat; what is left goes to a colleague."""
    here = actor()
    if here.weak:
        return redirect(f"{request.script_root}/account/protect", 303)
    if here.membership_id is None or here.state not in ("pending", "active"):
        raise NotFound
    left = leaving.left_by(here.account_id, here.agency_id)
    heirs = colleagues.in_place_of(here.membership_id) if left else ()
    form = Leave() if here.agency_id else LeaveStaff()
    form.heir.choices = heir_choices(heirs, here.agency_id)
    if not heirs:
        del form.heir
    if request.method == "POST" and form.validate():
        try:
            standing.leave(here, str(form.heir.data) if heirs else "")
        except Invalid:
            form.refuse("heir", _("Select who takes over"))
        else:
            return redirect(f"{request.script_root}/sign-in", 303)
    status = UNPROCESSABLE if request.method == "POST" else 200
    values = {"left": left_words(left), "heirs": heirs, "agency": here.agency_name}
    return render_template("auth/leave.html", form=from_form(form), **values), status
