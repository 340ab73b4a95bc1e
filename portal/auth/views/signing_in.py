"""Signing in with a password and a code, and signing out."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login
from portal.auth.commands import codes, signing_in
from portal.auth.commands.codes import WrongCode
from portal.auth.commands.signing_in import Stage
from portal.auth.guard import actor, page, public
from portal.auth.inputs import AppCode, Code, RecoveryCode, SignIn, app_code_words, code_words
from portal.auth.policy import Permission
from portal.auth.views.blueprint import (
    UNPROCESSABLE,
    blueprint,
    drop_stage,
    enter,
    home_of,
    keep,
    keep_stage,
    language,
    limited,
    slip_of,
    stage_of,
)
from portal.auth.views.sign_on import offered, signed_out
from portal.kernel import scope
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor
from portal.web.fields import from_form

PURPOSE = "sign_in"
WHY = "people sign in here"


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public(WHY)
@limited("sign-in", network="300 per hour", address="10 per 10 minutes", address_anywhere="100 per 10 minutes")
def sign_in() -> ResponseReturnValue:
    """Address and password; a wrong pair says the same whether or not the address has an account."""
    here = scope.current().actor
    if here is not None:
        return redirect(home_of(here), 303)
    form = SignIn()
    if request.method != "POST":
        # Set by sessions.py when this browser's session was over; said once.
        ended = bool(session.pop("ended", False))
        return _sign_in_page(form, ended=ended)
    if form.validate():
        try:
            stage = signing_in.begin(str(form.email.data), str(form.password.data))
            keep_stage(stage)
            if stage.strong:
                return _to("/sign-in/authenticator")
            return _emailed(stage)
        except Invalid:
            form.refuse("email", _("Check your email address and password: they do not match an account"))
    return _sign_in_page(form), UNPROCESSABLE


def _sign_in_page(form: SignIn, *, ended: bool = False) -> str:
    return render_template("auth/sign_in.html", form=from_form(form), ended=ended, providers=offered())


def _emailed(stage: Stage) -> ResponseReturnValue:
    keep(PURPOSE, signing_in.send_code(stage, language(), slip_of(PURPOSE)))
    return _to("/sign-in/code")


@blueprint.route("/sign-in/authenticator", methods=["GET", "POST"])
@public(WHY)
@limited("sign-in-app", network="300 per hour", account="10 per 5 minutes", account_anywhere="40 per hour")
def sign_in_app() -> ResponseReturnValue:
    """The code of the person's authenticator app."""
    return _second_step(AppCode(), signing_in.finish_with_app, "auth/sign_in_app.html")


@blueprint.route("/sign-in/recovery", methods=["GET", "POST"])
@public(WHY)
@limited("sign-in-recovery", network="100 per hour", account="10 per 5 minutes", account_anywhere="40 per hour")
def sign_in_recovery() -> ResponseReturnValue:
    """One of the codes that the person wrote down."""
    return _second_step(RecoveryCode(), signing_in.finish_with_recovery_code, "auth/sign_in_recovery.html")


def _second_step(
    form: AppCode | RecoveryCode, finish: Callable[[Stage, str], Actor], template: str
) -> ResponseReturnValue:
    stage = stage_of()
    if stage is None:
        return _to("/sign-in")
    if request.method == "POST" and form.validate():
        typed = form.digits if isinstance(form, AppCode) else str(form.code.data)
        try:
            person = finish(stage, typed)
        except WrongCode as refusal:
            if refusal.reason == "expired":
                return _again()
            form.refuse("code", app_code_words(refusal.reason))
        else:
            return enter(person, recovered=isinstance(form, RecoveryCode))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template(template, form=from_form(form), stage=stage, back="auth.sign_in_app"), status


def _again() -> ResponseReturnValue:
    drop_stage()
    flash(_("You took a while, so please sign in again."))
    return _to("/sign-in")


@blueprint.route("/sign-in/email", methods=["POST"])
@public(WHY)
@limited("sign-in-email", network="60 per hour", account="6 per hour")
def sign_in_email() -> ResponseReturnValue:
    """A code by email instead of the app's: enough to send a report, and to read none."""
    stage = stage_of()
    if stage is None:
        return _to("/sign-in")
    try:
        return _emailed(stage)
    except WrongCode:
        return _again()


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public(WHY)
@limited("sign-in-code", network="300 per hour")
def sign_in_code() -> ResponseReturnValue:
    """The code from the email; a GET uses nothing up."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/sign-in")
    form = Code()
    if request.method == "POST" and form.validate():
        try:
            person = signing_in.finish(slip, form.digits)
        except WrongCode as refusal:
            form.refuse("code", code_words(refusal.reason))
        else:
            return enter(person)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/code.html", form=from_form(form), back="/sign-in", again="/sign-in/resend"), status


@blueprint.route("/sign-in/resend", methods=["POST"])
@public(WHY)
@limited("sign-in-resend", network="60 per hour")
def sign_in_resend() -> ResponseReturnValue:
    """A new code; the old one stops working."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/sign-in")
    try:
        keep(PURPOSE, codes.again(slip, PURPOSE, language()))
    except WrongCode:
        flash(_("You took a while, so please sign in again."))
        return _to("/sign-in")
    flash(_("We have sent you a new code. The one before it no longer works."))
    return _to("/sign-in/code")


@blueprint.route("/sign-out", methods=["POST"])
@page(Permission.ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    signing_in.sign_out(actor())
    issuer = login.issuer()
    login.sign_out()
    elsewhere = signed_out(issuer)
    if elsewhere is not None:
        return elsewhere
    flash(_("You have signed out."))
    return _to("/sign-in")
