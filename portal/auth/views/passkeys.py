"""Passkeys: signing in with one, adding one, its name, and removing it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import agents, login
from portal.auth.ceremonies import Refused
from portal.auth.commands import factors as factor_changes
from portal.auth.commands import passkeys, signing_in
from portal.auth.guard import actor, page, public
from portal.auth.inputs import PasskeyName
from portal.auth.policy import Permission
from portal.auth.queries import factors
from portal.auth.queries import passkeys as queries
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint, enter, limited
from portal.auth.views.challenges import challenge, place, taken
from portal.auth.views.factors import show_codes
from portal.auth.views.signed_in import recently
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Actor
from portal.web.fields import from_form
from portal.web.posted import only_language


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


@blueprint.route("/sign-in/passkey", methods=["POST"])
@public("people sign in here")
@limited("sign-in-passkey", network="300 per hour")
def sign_in_passkey() -> ResponseReturnValue:
    """The answer of a passkey: no address, no password, and no limit that others could use up."""
    if only_language():
        return _to("/sign-in")
    try:
        person = signing_in.finish_with_passkey(request.form.get("credential", ""), taken(), place())
    except Refused:
        flash(_("That passkey did not work here. Try again, or sign in with your password."))
        return _to("/sign-in")
    return enter(person)


@blueprint.route("/account/passkeys/add", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("add-passkey", network="120 per hour")
@recently
def add_passkey() -> ResponseReturnValue:
    """What a passkey is, and the button that makes one."""
    here = actor()
    if not factors.of(here.account_id).may_set_up(here):
        return _to("/account/protect")
    failed = False
    if request.method == "POST" and not only_language():
        try:
            new = place().made(request.form.get("credential", ""), taken() or b"")
            name = agents.described(request.user_agent.string) or _("Passkey")
            first = passkeys.add(here, new, name, here=login.session_hash())
        except (Refused, Conflict):
            failed = True
        else:
            return _added(here, first=first)
    options = place().creation(challenge(), here.account_id, here.email, here.name, queries.credential_ids(here))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/passkey_add.html", options=options, failed=failed), status


def _added(here: Actor, *, first: bool) -> ResponseReturnValue:
    login.sign_in(here.account_id, "passkey")
    if first:
        show_codes(here, factor_changes.make_recovery_codes(login.stronger(here, "passkey")))
        return _to("/account/recovery-codes")
    flash(_("Your passkey works from now on."), "success")
    return _to("/account")


@blueprint.route("/account/passkeys/<uuid:passkey_id>", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
def passkey(passkey_id: UUID) -> ResponseReturnValue:
    """One passkey: its name, and removing it."""
    found = next((one for one in queries.mine(actor()) if one.id == passkey_id), None)
    if found is None:
        raise NotFound
    form = PasskeyName(data={"name": found.name})
    if request.method == "POST" and form.validate():
        passkeys.rename(actor(), passkey_id, str(form.name.data))
        flash(_("Saved."), "success")
        return _to("/account")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/passkey.html", passkey=found, form=from_form(form), last=_is_last()), status


def _is_last() -> bool:
    found = factors.of(actor().account_id)
    return found.app_since is None and found.passkeys == 1


@blueprint.route("/account/passkeys/<uuid:passkey_id>/remove", methods=["POST"])
@page(Permission.ACCOUNT)
@recently
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Forget a passkey, unless nothing stronger than an email would be left."""
    passkeys.remove(actor(), passkey_id, here=login.session_hash())
    flash(_("Removed. It no longer signs you in."), "success")
    return _to("/account")
