"""An operator signs in with a passkey (on the demonstration also with password and app), again, and out."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login, operators
from portal.auth.ceremonies import Refused
from portal.auth.commands import account as changes
from portal.auth.commands import devices, passkeys, signing_in
from portal.auth.commands import factors as factor_changes
from portal.auth.commands import operators as commands
from portal.auth.commands.codes import WrongCode
from portal.auth.guard import actor, coming_from, page, public
from portal.auth.inputs import AppCode, SignIn, app_code_words
from portal.auth.policy import Permission
from portal.auth.queries import factors
from portal.auth.views.blueprint import UNPROCESSABLE, drop_stage, keep_stage, limited, stage_of
from portal.auth.views.challenges import place, taken
from portal.auth.views.operator.desk import AGAIN, HOME, operator
from portal.kernel import scope
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.scope import Actor
from portal.web.fields import from_form
from portal.web.posted import only_language

WHY = "operators sign in here"


@operator.route("/sign-in", methods=["GET", "POST"])
@public(WHY, instance=True)
@limited("operator-sign-in", network="60 per hour", address="10 per 10 minutes", address_anywhere="40 per 10 minutes")
def sign_in() -> ResponseReturnValue:
    """The passkey's button; a password only where the instance's settings let an app do."""
    here = scope.current().actor
    if here is not None and here.instance and here.state == "active":
        return redirect(HOME, 303)
    form = SignIn()
    if request.method != "POST":
        return _sign_in_page(form, ended=bool(session.pop("ended", False)))
    if not operators.with_app():
        raise NotFound
    if form.validate():
        try:
            keep_stage(signing_in.begin(str(form.email.data), str(form.password.data)))
            return redirect("/operator/sign-in/authenticator", 303)
        except Invalid:
            form.refuse("email", _("Check your email address and password: they do not match an account"))
    return _sign_in_page(form), UNPROCESSABLE


def _sign_in_page(form: SignIn, *, ended: bool = False, failed: bool = False) -> str:
    return render_template(
        "operator/sign_in.html", form=from_form(form), ended=ended, failed=failed, with_app=operators.with_app()
    )


@operator.post("/sign-in/passkey")
@public(WHY, instance=True)
@limited("operator-passkey", network="60 per hour")
def sign_in_passkey() -> ResponseReturnValue:
    """The answer of a passkey; of one that is no operator's, the same is said as of one that does not work."""
    if only_language():
        return redirect("/operator/sign-in", 303)
    try:
        person = signing_in.finish_with_passkey(request.form.get("credential", ""), taken(), place())
        commands.must_be_one(person.account_id)
    except (Refused, NotFound):
        return _sign_in_page(SignIn(formdata=None), failed=True), UNPROCESSABLE
    return _enter(person)


@operator.route("/sign-in/authenticator", methods=["GET", "POST"])
@public(WHY, instance=True)
@limited("operator-app", network="60 per hour", account="10 per 5 minutes", account_anywhere="40 per hour")
def sign_in_app() -> ResponseReturnValue:
    """The code of the app, after the password; only where the instance's settings let an app do."""
    stage = stage_of()
    if not operators.with_app():
        raise NotFound
    if stage is None:
        return redirect("/operator/sign-in", 303)
    form = AppCode()
    if request.method == "POST" and form.validate():
        try:
            person = signing_in.finish_with_app(stage, form.digits)
            commands.must_be_one(person.account_id)
        except WrongCode as refusal:
            form.refuse("code", app_code_words(refusal.reason))
        except NotFound:
            form.refuse("code", app_code_words("wrong"))
        else:
            return _enter(person)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("operator/sign_in_app.html", form=from_form(form)), status


def _enter(person: Actor) -> ResponseReturnValue:
    drop_stage()
    going = coming_from()
    devices.note(person.account_id, *login.device())
    login.sign_in(person.account_id, person.strength)
    return redirect(going if going.startswith(HOME) else HOME, 303)


@operator.route("/again", methods=["GET", "POST"])
@page(Permission.OPERATE, instance=True)
@limited("operator-again", network="60 per hour", account="10 per 5 minutes", account_anywhere="40 per hour")
def again() -> ResponseReturnValue:
    """Before a council is changed: the code of the app, where an app will do."""
    here = actor()
    form = AppCode()
    if request.method == "POST" and operators.with_app() and form.validate():
        try:
            factor_changes.use_app(here.account_id, form.digits)
            return _confirmed("totp")
        except WrongCode as refusal:
            form.refuse("code", app_code_words(refusal.reason))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return _again_page(form), status


def _again_page(form: AppCode, *, failed: bool = False) -> str:
    found = factors.of(actor().account_id)
    app = operators.with_app() and found.app_since is not None
    return render_template(
        "operator/again.html", form=from_form(form), with_app=app, passkeys=found.passkeys, failed=failed
    )


@operator.post("/again/passkey")
@page(Permission.OPERATE, instance=True)
@limited("operator-again-passkey", network="60 per hour")
def again_passkey() -> ResponseReturnValue:
    """The answer of one of the operator's own passkeys."""
    challenge = None if only_language() else taken()
    try:
        whose = passkeys.use(request.form.get("credential", ""), challenge, place()) if challenge else None
    except Refused:
        whose = None
    if whose != actor().account_id:
        return _again_page(AppCode(formdata=None), failed=True), UNPROCESSABLE
    return _confirmed("passkey")


def _confirmed(by: str) -> ResponseReturnValue:
    here = actor()
    changes.confirmed(here, by)
    going = str(session.pop(AGAIN, HOME))
    login.sign_in(here.account_id, by)
    return redirect(going if going.startswith(HOME) else HOME, 303)


@operator.post("/sign-out")
@public("whoever is signed in as less than an operator must get out, too", instance=True)
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    here = scope.current().actor
    if here is not None:
        signing_in.sign_out(here)
    login.sign_out()
    flash(_("You have signed out."))
    return redirect("/operator/sign-in", 303)


@operator.get("/idle")
@page(Permission.OPERATE, instance=True)
def idle() -> ResponseReturnValue:
    """How long until the operator is signed out; asked by a script in the background."""
    return jsonify(seconds=login.idle_left())


@operator.post("/stay")
@page(Permission.OPERATE, instance=True)
def stay() -> ResponseReturnValue:
    """Somebody is there: being asked is enough to keep the session alive."""
    return jsonify(seconds=login.idle_seconds())
