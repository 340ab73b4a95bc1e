"""Inviting somebody, and the invitations that nobody has accepted yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.commands import invitations
from portal.auth.commands.invitations import COLLEAGUE, LEAD, SPONSORED, STAFF, Typed
from portal.auth.guard import actor, page
from portal.auth.inputs import Decision
from portal.auth.inputs.people import InviteColleague, InviteLead, InviteSponsored, InviteStaff, invited_words
from portal.auth.policy import Permission
from portal.auth.queries import invitations as queries
from portal.auth.queries.people import STAFF_ROLES
from portal.auth.views.account import role_words
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint, language, limited
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.language import say
from portal.web.fields import from_form

_FORMS: dict[str, type[InviteColleague | InviteStaff | InviteLead]] = {
    COLLEAGUE: InviteColleague,
    LEAD: InviteLead,
    STAFF: InviteStaff,
    SPONSORED: InviteSponsored,
}


def _titles() -> dict[str, tuple[str, str]]:
    """Each kind of invitation: its page's heading, and what it is for."""
    return {
        COLLEAGUE: (
            _("Invite a colleague"),
            _("They can report concerns for your agency as soon as they accept: inviting them approves them."),
        ),
        LEAD: (
            _("Invite a safeguarding lead"),
            _("They can approve and remove their colleagues, and see all reports of their agency."),
        ),
        STAFF: (_("Invite somebody of the council"), _("Screeners, managers, form designers and administrators.")),
        SPONSORED: (
            _("Invite somebody without an agency's address"),
            _(
                "For example, a childminder. They see only their own reports, and their access ends after six months "
                "unless you invite them again."
            ),
        ),
    }


@blueprint.route("/people/invite")
@page(Permission.PEOPLE)
def invite() -> ResponseReturnValue:
    """Whom to invite; a lead has no choice."""
    kinds = invitations.kinds(actor())
    if len(kinds) == 1:
        return redirect(f"{request.script_root}/people/invite/{kinds[0]}", 303)
    titles = _titles()
    return render_template("auth/invite.html", kinds=[(kind, *titles[kind]) for kind in kinds])


@blueprint.route("/people/invite/<whom>", methods=["GET", "POST"])
@page(Permission.PEOPLE)
@limited("invite", network="120 per hour", address_anywhere="10 per hour")
def invite_whom(whom: str) -> ResponseReturnValue:
    """The address, and what this kind of invitation asks besides."""
    if whom not in invitations.kinds(actor()):
        raise NotFound
    form: Any = _FORMS[whom]()
    if whom == STAFF:
        form.role.choices = [(role, role_words(role)) for role in STAFF_ROLES]
    elif whom != COLLEAGUE:
        form.offer([(str(one.id), say(one.name, language())) for one in queries.agencies()])
    if request.method == "POST" and form.validate() and _sent(whom, form):
        flash(_("Invited. We have emailed them: the invitation works for 48 hours."), "success")
        return redirect(f"{request.script_root}/people/invitations", 303)
    status = UNPROCESSABLE if request.method == "POST" else 200
    title, about = _titles()[whom]
    views = from_form(form)
    fields = [views[name] for name in form.field_order]
    return render_template("auth/invite_whom.html", title=title, about=about, fields=fields), status


def _sent(whom: str, form: Any) -> bool:
    """Whether the invitation was made; else the form says why not."""
    data = {name: str(form[name].data or "") for name in form.field_order}
    typed = Typed(data["email"], data.get("agency", ""), data.get("role", ""), data.get("evidence", ""))
    try:
        invitations.invite(actor(), whom, typed, language())
    except Invalid as refusal:
        form.refuse("email", invited_words(refusal.errors.get("email", "")) or _("Enter their email address"))
        return False
    return True


@blueprint.route("/people/invitations")
@page(Permission.PEOPLE)
def invited() -> ResponseReturnValue:
    """Who was invited and has not accepted."""
    return render_template("auth/invitations.html", invitations=queries.open_list(actor()), role_words=role_words)


@blueprint.route("/people/invitations/<uuid:invitation_id>/send-again", methods=["POST"])
@page(Permission.PEOPLE)
@limited("invite-again", network="120 per hour")
def send_again(invitation_id: UUID) -> ResponseReturnValue:
    """A new email; the one before it stops working."""
    invitations.send_again(actor(), invitation_id, Decision().seen)
    flash(_("Sent again. The invitation before it no longer works."), "success")
    return redirect(f"{request.script_root}/people/invitations", 303)


@blueprint.route("/people/invitations/<uuid:invitation_id>/cancel", methods=["POST"])
@page(Permission.PEOPLE)
def cancel_invitation(invitation_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    invitations.cancel(actor(), invitation_id, Decision().seen)
    flash(_("Cancelled. The invitation no longer works."), "success")
    return redirect(f"{request.script_root}/people/invitations", 303)
