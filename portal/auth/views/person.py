"""One person who is in: how they stand, and changing it; what cannot be undone has a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import leaving
from portal.auth.commands import standing
from portal.auth.commands.standing import REASONS
from portal.auth.guard import actor, page
from portal.auth.inputs import Decision
from portal.auth.inputs.people import ChangeRole, End, EndStaff
from portal.auth.policy import Permission
from portal.auth.queries import colleagues
from portal.auth.queries.colleagues import Colleague, Heir
from portal.auth.queries.people import roles_for
from portal.auth.views.account import role_words, state_words
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint
from portal.kernel.errors import Invalid, NotFound
from portal.web.fields import from_form


def reason_words(reason: str, *, staff: bool) -> str:
    """Why somebody's access was ended or suspended, in the reader's language; `staff`: somebody of the council."""
    own: dict[str, str] = {"left": _("They have left the council"), "moved": _("They have another job at the council")}
    texts: dict[str, str] = {
        "left": _("They have left the agency"),
        "moved": _("They have another job here"),
        "not_needed": _("They do not need it any more"),
        "mistake": _("They were let in by mistake"),
        "concern": _("There is a concern about how they used it"),
        "idle": _("Not used for a long time"),
        "mail": _("Their email address takes no mail"),
        "expired": _("The council vouched for them until then"),
        "asked": _("Suspended by whoever looks after them"),
    }
    return (own.get(reason) if staff else None) or texts.get(reason, "")


def left_words(left: dict[str, int]) -> list[str]:
    """What somebody leaves behind, in the reader's language."""
    said = {
        "drafts": lambda n: ngettext("%(num)s draft", "%(num)s drafts", n),
        "reports": lambda n: ngettext("%(num)s report that is still open", "%(num)s reports that are still open", n),
        "work": lambda n: ngettext("%(num)s claimed report", "%(num)s claimed reports", n),
    }
    return [said[kind](number) for kind, number in left.items()]


def heir_choices(heirs: Sequence[Heir], agency_id: UUID | None) -> list[tuple[str, str]]:
    """Who may take over; what the council's people leave may also go back to all of them."""
    nobody = [] if agency_id else [(leaving.NOBODY, _("Nobody: back to the holding area"))]
    return [*((str(one.membership_id), one.name) for one in heirs), *nobody]


def _found(membership_id: UUID) -> Colleague:
    found = colleagues.find(actor(), membership_id)
    if found is None:
        raise NotFound
    return found


@blueprint.route("/people/<uuid:membership_id>")
@page(Permission.PEOPLE)
def person(membership_id: UUID) -> ResponseReturnValue:
    """How somebody stands."""
    found = _found(membership_id)
    roles = roles_for(actor(), found.role, sponsored=found.sponsored) if found.state == "active" else ()
    return render_template(
        "auth/person.html",
        one=found,
        role=role_words(found.role),
        state=state_words(found.state),
        why=reason_words(found.why, staff=found.agency_id is None),
        may_change_role=bool(roles),
    )


@blueprint.route("/people/<uuid:membership_id>/suspend", methods=["POST"])
@page(Permission.PEOPLE)
def suspend(membership_id: UUID) -> ResponseReturnValue:
    """Let somebody in no longer for a time, from now on."""
    standing.suspend(actor(), membership_id, Decision().seen)
    flash(_("Suspended. They are signed out, and we have emailed them."), "success")
    return _back(membership_id)


@blueprint.route("/people/<uuid:membership_id>/resume", methods=["POST"])
@page(Permission.PEOPLE)
def resume(membership_id: UUID) -> ResponseReturnValue:
    """Let somebody in again."""
    standing.resume(actor(), membership_id, Decision().seen)
    flash(_("They can use the portal again. We have emailed them."), "success")
    return _back(membership_id)


def _back(membership_id: UUID) -> ResponseReturnValue:
    return redirect(f"{request.script_root}/people/{membership_id}", 303)


@blueprint.route("/people/<uuid:membership_id>/role", methods=["GET", "POST"])
@page(Permission.PEOPLE)
def change_role(membership_id: UUID) -> ResponseReturnValue:
    """Another role."""
    found = _found(membership_id)
    roles = roles_for(actor(), found.role, sponsored=found.sponsored)
    if not roles:
        raise NotFound
    # Nothing chosen is a mistake, never "as it was".
    form = ChangeRole(role="" if request.method == "POST" else found.role, version=str(found.version))
    form.role.choices = [(role, role_words(role)) for role in roles]
    if request.method == "POST" and form.validate():
        if form.role.data == "agency_lead" != found.role:
            return redirect(f"{request.script_root}/people/{membership_id}/lead", 303)
        standing.change_role(actor(), membership_id, Decision().seen, str(form.role.data))
        flash(_("Changed. They are signed out, and we have emailed them."), "success")
        return _back(membership_id)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/person_role.html", one=found, form=from_form(form)), status


@blueprint.route("/people/<uuid:membership_id>/end", methods=["GET", "POST"])
@page(Permission.PEOPLE)
def end(membership_id: UUID) -> ResponseReturnValue:
    """Why somebody's access ends, and who takes over what they leave."""
    found = _found(membership_id)
    left = leaving.left_by(found.account_id, found.agency_id)
    heirs = colleagues.heirs(actor(), membership_id) if left else ()
    staff = found.agency_id is None
    form = (EndStaff if staff else End)(version=str(found.version))
    form.reason.choices = [(reason, reason_words(reason, staff=staff)) for reason in REASONS]
    form.heir.choices = heir_choices(heirs, found.agency_id)
    if not heirs:
        del form.heir
    if request.method == "POST" and form.validate():
        try:
            heir = str(form.heir.data) if heirs else ""
            standing.end(actor(), membership_id, Decision().seen, str(form.reason.data), heir)
        except Invalid:
            form.refuse("heir", _("Select who takes over"))
        else:
            flash(_("Their access has ended. They are signed out, and we have emailed them."), "success")
            return redirect(f"{request.script_root}/people", 303)
    status = UNPROCESSABLE if request.method == "POST" else 200
    last = found.role == "agency_lead" and colleagues.is_last_lead(membership_id)
    values = {"one": found, "left": left_words(left), "heirs": heirs, "last_lead": last}
    return render_template("auth/person_end.html", form=from_form(form), **values), status
