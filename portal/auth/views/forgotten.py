"""A forgotten password: the code of an email, something that only the person has, and a new password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login
from portal.auth.ceremonies import Refused
from portal.auth.commands import codes, forgotten
from portal.auth.commands.codes import WrongCode
from portal.auth.commands.forgotten import PURPOSE, Stage
from portal.auth.guard import public
from portal.auth.inputs import (
    AppCode,
    ChoosePassword,
    Code,
    Forgotten,
    RecoveryCode,
    app_code_words,
    code_words,
    password_words,
)
from portal.auth.views.blueprint import FORGOTTEN, UNPROCESSABLE, blueprint, drop, keep, language, limited, slip_of
from portal.auth.views.challenges import place, taken
from portal.kernel.errors import Forbidden, Invalid
from portal.web.fields import from_form

WHY = "whoever has forgotten their password cannot sign in"


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


def _keep(stage: Stage) -> None:
    session[FORGOTTEN] = {
        "account": str(stage.account_id),
        "mark": stage.mark,
        "at": stage.at.isoformat(),
        "proved": stage.proved,
    }
    login.rotate()


def _stage() -> Stage | None:
    kept = session.get(FORGOTTEN)
    if not kept:
        return None
    return Stage(UUID(kept["account"]), kept["mark"], datetime.fromisoformat(kept["at"]), kept["proved"])


def _again() -> ResponseReturnValue:
    session.pop(FORGOTTEN, None)
    drop(PURPOSE)
    flash(_("You took a while, so please start again."))
    return _to("/sign-in/forgotten")


@blueprint.route("/sign-in/forgotten", methods=["GET", "POST"])
@public(WHY)
@limited("forgotten", network="60 per hour", address_anywhere="6 per hour")
def forgotten_password() -> ResponseReturnValue:
    """The address; the answer is the same whether or not it has an account."""
    form = Forgotten()
    if request.method == "POST" and form.validate():
        session.pop(FORGOTTEN, None)
        keep(PURPOSE, forgotten.begin(str(form.email.data), language(), slip_of(PURPOSE)))
        return _to("/sign-in/forgotten/code")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/forgotten.html", form=from_form(form)), status


@blueprint.route("/sign-in/forgotten/code", methods=["GET", "POST"])
@public(WHY)
@limited("forgotten-code", network="300 per hour")
def forgotten_code() -> ResponseReturnValue:
    """The code from the email; a GET uses nothing up."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/sign-in/forgotten")
    form = Code()
    if request.method == "POST" and form.validate():
        try:
            _keep(forgotten.mailbox_proved(slip, form.digits))
        except WrongCode as refusal:
            form.refuse("code", code_words(refusal.reason))
        else:
            drop(PURPOSE)
            return _to("/sign-in/forgotten/proof")
    status = UNPROCESSABLE if request.method == "POST" else 200
    back, again = "/sign-in/forgotten", "/sign-in/forgotten/resend"
    return render_template("auth/code.html", form=from_form(form), back=back, again=again), status


@blueprint.route("/sign-in/forgotten/resend", methods=["POST"])
@public(WHY)
@limited("forgotten-resend", network="60 per hour")
def forgotten_resend() -> ResponseReturnValue:
    """A new code; the old one stops working."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/sign-in/forgotten")
    try:
        keep(PURPOSE, codes.again(slip, PURPOSE, language()))
    except WrongCode:
        return _again()
    flash(_("We have sent you a new code. The one before it no longer works."))
    return _to("/sign-in/forgotten/code")


@blueprint.route("/sign-in/forgotten/proof", methods=["GET", "POST"])
@public(WHY)
# The same counters as of signing in: here is no second set of tries.
@limited("sign-in-app", network="300 per hour", account="10 per 5 minutes", account_anywhere="40 per hour")
def forgotten_proof() -> ResponseReturnValue:
    """The code of the app; or what else there is to show, and whom to ask."""
    return _prove(AppCode(), "auth/forgotten_proof.html", forgotten.prove_with_app)


@blueprint.route("/sign-in/forgotten/recovery", methods=["GET", "POST"])
@public(WHY)
@limited("sign-in-recovery", network="100 per hour", account="10 per 5 minutes", account_anywhere="40 per hour")
def forgotten_recovery() -> ResponseReturnValue:
    """One of the codes that the person wrote down."""
    return _prove(RecoveryCode(), "auth/sign_in_recovery.html", forgotten.prove_with_recovery_code)


@blueprint.route("/sign-in/forgotten/passkey", methods=["POST"])
@public(WHY)
@limited("sign-in-passkey", network="300 per hour")
def forgotten_passkey() -> ResponseReturnValue:
    """The answer of one of the person's own passkeys."""
    stage = _stage()
    if stage is None:
        return _to("/sign-in/forgotten")
    try:
        _keep(forgotten.prove_with_passkey(stage, request.form.get("credential", ""), taken(), place()))
    except (Refused, WrongCode):
        flash(_("That passkey did not work here. Try again."))
        return _to("/sign-in/forgotten/proof")
    return _to("/sign-in/forgotten/password")


def _prove(form: AppCode | RecoveryCode, template: str, prove: Callable[[Stage, str], Stage]) -> ResponseReturnValue:
    stage = _stage()
    if stage is None:
        return _to("/sign-in/forgotten")
    try:
        found = forgotten.ways(stage)
    except WrongCode:
        return _again()
    if stage.proved or found.call_back_open:
        return _to("/sign-in/forgotten/password")
    if request.method == "POST" and form.validate():
        try:
            _keep(prove(stage, form.digits if isinstance(form, AppCode) else str(form.code.data)))
        except WrongCode as refusal:
            form.refuse("code", app_code_words(refusal.reason))
        else:
            return _to("/sign-in/forgotten/password")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template(template, form=from_form(form), factors=found, back="auth.forgotten_proof"), status


@blueprint.route("/sign-in/forgotten/password", methods=["GET", "POST"])
@public(WHY)
@limited("forgotten-password", network="300 per hour")
def forgotten_new_password() -> ResponseReturnValue:
    """A new password."""
    stage = _stage()
    if stage is None:
        return _to("/sign-in/forgotten")
    form = ChoosePassword()
    try:
        found = forgotten.ways(stage)
        if not (stage.proved or found.call_back_open):
            return _to("/sign-in/forgotten/proof")
        if request.method == "POST" and form.validate():
            forgotten.choose(stage, str(form.password.data))
            session.pop(FORGOTTEN, None)
            flash(_("Your password has changed. You can sign in with it now."), "success")
            return _to("/sign-in")
    except Invalid as refusal:
        form.refuse("password", password_words(refusal.errors["password"]))
    except (WrongCode, Forbidden):
        return _again()
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/forgotten_password.html", form=from_form(form)), status
