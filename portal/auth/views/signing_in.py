"""Signing in with a password and a code, and signing out."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login
from portal.auth.commands import codes, signing_in
from portal.auth.commands.codes import WrongCode
from portal.auth.guard import actor, page, public
from portal.auth.inputs import Code, SignIn, code_words
from portal.auth.policy import Permission
from portal.auth.views.blueprint import (
    UNPROCESSABLE,
    after_sign_in,
    blueprint,
    drop,
    home_of,
    keep,
    language,
    limited,
    slip_of,
)
from portal.kernel import scope
from portal.kernel.errors import Invalid
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
        return render_template("auth/sign_in.html", form=from_form(form), ended=ended)
    if form.validate():
        try:
            slip = signing_in.begin(str(form.email.data), str(form.password.data), language(), slip_of(PURPOSE))
        except Invalid:
            form.refuse("email", _("Check your email address and password: they do not match an account"))
        else:
            keep(PURPOSE, slip)
            return _to("/sign-in/code")
    return render_template("auth/sign_in.html", form=from_form(form)), UNPROCESSABLE


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
            drop(PURPOSE)
            going = after_sign_in(person)
            login.sign_in(person.account_id)
            return redirect(going, 303)
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
    login.sign_out()
    flash(_("You have signed out."))
    return _to("/sign-in")
