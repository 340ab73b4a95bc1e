"""What proves who a person is: why it is needed, setting up an authenticator app, and the recovery codes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import envelope, login, totp
from portal.auth.commands import factors as changes
from portal.auth.commands.codes import WrongCode
from portal.auth.guard import actor, page
from portal.auth.inputs import AppCode, app_code_words
from portal.auth.policy import Permission
from portal.auth.queries import factors
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint, limited, onward
from portal.auth.views.signed_in import recently
from portal.kernel.crypto import CannotOpen
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Actor
from portal.web.fields import from_form

_SEED, _CODES = "seed", "recovery"


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


@blueprint.route("/account/protect")
@page(Permission.ACCOUNT)
def protect() -> ResponseReturnValue:
    """Why a code in an email is not enough to read, and what to set up."""
    here = actor()
    found = factors.of(here.account_id)
    with_password = factors.has_password(here.account_id)
    return render_template("auth/protect.html", here=here, factors=found, with_password=with_password)


@blueprint.route("/account/authenticator", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("set-up-app", network="120 per hour")
@recently
def authenticator() -> ResponseReturnValue:
    """Scan, type the code that the app shows, done. A seed waits in the session until a code proves it."""
    here = actor()
    if not factors.of(here.account_id).may_set_up(here):
        return _to("/account/protect")
    form = AppCode()
    seed = _waiting_seed(here)
    if request.method == "POST":
        if seed is None:
            return _to("/account")
        if form.validate():
            try:
                first = changes.set_up_app(here, seed, form.digits, here=login.session_hash())
            except WrongCode as refusal:
                form.refuse("code", app_code_words(refusal.reason))
            else:
                return _set_up(here, first=first)
    seed = seed or _begin_seed(here)
    address = totp.address(seed, here.email, _("Professionals portal"))
    side, path = totp.picture(address)
    return render_template(
        "auth/authenticator.html",
        form=from_form(form),
        spelled=totp.spelled(seed),
        address=address,
        side=side,
        path=path,
    ), UNPROCESSABLE if request.method == "POST" else 200


def _waiting_seed(here: Actor) -> bytes | None:
    try:
        return envelope.unseal_for_session(here.account_id, _SEED, session.get(_SEED, ""))
    except CannotOpen:
        return None


def _begin_seed(here: Actor) -> bytes:
    seed = totp.new_seed()
    session[_SEED] = envelope.seal_for_session(here.account_id, _SEED, seed)
    return seed


def _set_up(here: Actor, *, first: bool) -> ResponseReturnValue:
    session.pop(_SEED, None)
    login.sign_in(here.account_id, "totp")
    if not first:
        flash(_("Your new authenticator app works from now on. The one before it no longer does."), "success")
        return _to("/account")
    show_codes(here, changes.make_recovery_codes(login.stronger(here, "totp")))
    return _to("/account/recovery-codes")


def show_codes(here: Actor, codes: Sequence[str]) -> None:
    """Keep new recovery codes, sealed, for the page that shows them."""
    session[_CODES] = envelope.seal_for_session(here.account_id, _CODES, json.dumps(codes).encode())


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("recovery-codes", network="60 per hour")
def recovery_codes() -> ResponseReturnValue:
    """The ten codes, until the person says that they have kept them; a POST makes new ones."""
    here = actor()
    if request.method == "POST":
        if here.outside:
            return _to("/account/protect")
        if not login.fresh():
            return _to("/account/again")
        show_codes(here, changes.make_recovery_codes(here))
        return _to("/account/recovery-codes")
    try:
        codes = json.loads(envelope.unseal_for_session(here.account_id, _CODES, session.get(_CODES, "")))
    except CannotOpen:
        return _to("/account")
    return render_template("auth/recovery_codes.html", codes=codes)


@blueprint.route("/account/recovery-codes/kept", methods=["POST"])
@page(Permission.ACCOUNT)
def recovery_codes_kept() -> ResponseReturnValue:
    """The person has them: they are never shown again."""
    here = actor()
    if here.weak:
        raise Forbidden
    session.pop(_CODES, None)
    return redirect(onward(here), 303)
