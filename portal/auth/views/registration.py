"""Registering: who you are, your agency, the code, a password; then waiting for approval."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login
from portal.auth.commands import codes, devices, memberships, registration
from portal.auth.commands.codes import Slip, WrongCode
from portal.auth.envelope import Details
from portal.auth.guard import actor, page, public
from portal.auth.inputs import (
    NO_AGENCY,
    ChooseAgency,
    ChoosePassword,
    Code,
    Join,
    Register,
    code_words,
    email_words,
    password_words,
)
from portal.auth.policy import Permission
from portal.auth.queries import accounts
from portal.auth.queries.agencies import Choice, judge
from portal.auth.views.blueprint import (
    UNPROCESSABLE,
    blueprint,
    drop,
    home_of,
    keep,
    language,
    limited,
    slip_of,
    to_protect,
)
from portal.kernel import scope
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.language import say
from portal.web.fields import from_form

PURPOSE = registration.PURPOSE
WHY = "people register before they can sign in"


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


def _names(agencies: tuple[Choice, ...]) -> list[tuple[str, str]]:
    return [(str(one.id), say(one.name, language())) for one in agencies]


@blueprint.route("/register", methods=["GET", "POST"])
@public(WHY)
@limited("register", network="60 per hour", address_anywhere="6 per hour")
def register() -> ResponseReturnValue:
    """Name, job, work email, lead or not."""
    here = scope.current().actor
    if here is not None:
        return redirect(home_of(here), 303)
    if request.method != "POST":
        return render_template("auth/register.html", fields=_ordered(Register(data=_typed_before())))
    form = Register()
    if form.validate():
        typed = Details(str(form.email.data), str(form.name.data), str(form.job.data), lead=form.lead.data == "yes")
        try:
            keep(PURPOSE, registration.begin(typed, language(), slip_of(PURPOSE)))
        except Invalid as refusal:
            words = email_words(refusal.errors["email"])
            if not words:
                return _no_agency(UNPROCESSABLE, refusal.errors["email"])
            form.refuse("email", words)
        else:
            return _to("/register/agency")
    return render_template("auth/register.html", fields=_ordered(form)), UNPROCESSABLE


def _typed_before() -> dict[str, str]:
    """What this browser typed a moment ago, for whoever goes back."""
    slip = slip_of(PURPOSE)
    try:
        typed = registration.waiting_details(slip)[0] if slip else None
    except WrongCode:
        typed = None
    if typed is None:
        return {}
    return {"name": typed.name, "job": typed.job, "email": typed.email, "lead": "yes" if typed.lead else "no"}


def _ordered(form: Register | Join) -> list[object]:
    views = from_form(form)
    return [views[name] for name in form.field_order]


@blueprint.route("/register/agency", methods=["GET", "POST"])
@public(WHY)
@limited("register-agency", network="60 per hour")
def register_agency() -> ResponseReturnValue:
    """Confirm the agency of the address, or choose among several."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/register")
    try:
        details, judged = registration.waiting_details(slip)
        if not judged.accepted:
            # It was accepted a moment ago: the council changed the domain meanwhile.
            return _no_agency(UNPROCESSABLE if request.method == "POST" else 200, judged.reason)
        form = ChooseAgency()
        form.offer(_names(judged.agencies))
        if request.method == "POST" and form.validate():
            if form.agency.data == NO_AGENCY:
                return _to("/register/no-agency")
            registration.choose_agency(slip, str(form.agency.data))
            return _to("/register/code")
    except WrongCode:
        return _begin_again()
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template(
        "auth/agency.html", form=from_form(form), email=details.email, agencies=judged.agencies
    ), status


def _begin_again() -> ResponseReturnValue:
    flash(_("You took a while, so we did not keep what you entered. Start again."))
    return _to("/register")


@blueprint.route("/register/no-agency")
@public("it says what to do instead of registering")
def no_agency() -> ResponseReturnValue:
    """What to do when no agency fits."""
    return _no_agency(200)


def _no_agency(status: int, reason: str = "") -> ResponseReturnValue:
    council = scope.current().council
    page = "auth/checking.html" if reason == "frozen" else "auth/no_agency.html"
    return render_template(page, email=council.settings.email if council else ""), status


@blueprint.route("/register/code", methods=["GET", "POST"])
@public(WHY)
@limited("register-code", network="120 per hour")
def register_code() -> ResponseReturnValue:
    """The code that proves the address; a GET uses nothing up."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/register")
    form = Code()
    if request.method == "POST" and form.validate():
        try:
            codes.spend(slip, PURPOSE, form.digits)
        except WrongCode as refusal:
            form.refuse("code", code_words(refusal.reason))
        else:
            return _to("/register/password")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/code.html", form=from_form(form), back="/register", again="/register/resend"), status


@blueprint.route("/register/resend", methods=["POST"])
@public(WHY)
@limited("register-resend", network="30 per hour")
def register_resend() -> ResponseReturnValue:
    """A new code; the old one stops working."""
    return _resend(slip_of(PURPOSE))


def _resend(slip: Slip | None) -> ResponseReturnValue:
    if slip is None:
        return _to("/register")
    try:
        keep(PURPOSE, codes.again(slip, PURPOSE, language()))
    except WrongCode:
        return _begin_again()
    flash(_("We have sent you a new code. The one before it no longer works."))
    return _to("/register/code")


@blueprint.route("/register/password", methods=["GET", "POST"])
@public(WHY)
@limited("register-password", network="120 per hour")
def register_password() -> ResponseReturnValue:
    """A password; then the account is made, signed in, and waits for approval."""
    slip = slip_of(PURPOSE)
    if slip is None:
        return _to("/register")
    form = ChoosePassword()
    if request.method == "POST" and form.validate():
        try:
            made = registration.finish(slip, str(form.password.data), language())
        except Invalid as refusal:
            if "password" not in refusal.errors:
                return _no_agency(UNPROCESSABLE)
            form.refuse("password", password_words(refusal.errors["password"]))
        except WrongCode:
            return _begin_again()
        except Conflict:
            drop(PURPOSE)
            flash(_("You have an account already. Sign in."))
            return _to("/sign-in")
        else:
            drop(PURPOSE)
            devices.note(made.account_id, *login.device())
            login.sign_in(made.account_id, made.strength)
            return to_protect(made)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/password.html", form=from_form(form)), status


@blueprint.route("/waiting")
@page(Permission.ACCOUNT)
def waiting() -> ResponseReturnValue:
    """What somebody may do while they wait for approval."""
    here = actor()
    if here.state != "pending":
        return redirect(home_of(here), 303)
    return render_template("auth/waiting.html", lead=here.role == "agency_lead", agency=accounts.mine(here).agency)


@blueprint.route("/join", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("join", network="60 per hour")
def join() -> ResponseReturnValue:
    """Ask for membership in this council, with an address that was proved elsewhere."""
    here = actor()
    if here.state in ("pending", "active", "suspended"):
        return redirect(home_of(here), 303) if here.state != "suspended" else _to("/account")
    judged = judge(here.email)
    if not judged.accepted:
        return _no_agency(UNPROCESSABLE if request.method == "POST" else 200, judged.reason)
    form = Join()
    form.offer(_names(judged.agencies))
    if request.method == "POST" and form.validate():
        if form.agency.data == NO_AGENCY:
            return _to("/register/no-agency")
        try:
            memberships.ask(here, str(form.agency.data), str(form.job.data), lead=form.lead.data == "yes")
        except Conflict:
            # The second click of two: there is a membership since the first.
            return _to("/waiting")
        return _to("/waiting")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/join.html", fields=_ordered(form), agencies=judged.agencies), status
