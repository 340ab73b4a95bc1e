"""A person's new name, and their new address."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login
from portal.auth.commands import changing
from portal.auth.commands.codes import WrongCode
from portal.auth.guard import actor, page
from portal.auth.inputs import Code, code_words
from portal.auth.inputs.people import ChangeEmail, ChangeName, new_address_words
from portal.auth.policy import Permission
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint, drop, keep, language, limited, slip_of
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.web.fields import from_form


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


def _reasons() -> list[tuple[str, str]]:
    return [
        ("changed", _("My name has changed")),
        ("misspelt", _("It was misspelt")),
        ("usual", _("I use another name at work")),
    ]


@blueprint.route("/account/name", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("name", network="30 per hour")
def change_name() -> ResponseReturnValue:
    """Another name, and why."""
    if actor().weak:
        return _to("/account/protect")
    form = ChangeName(name=None if request.method == "POST" else actor().name)
    form.reason.choices = _reasons()
    if request.method == "POST" and form.validate():
        changing.change_name(actor(), str(form.name.data), str(form.reason.data))
        flash(_("Your name has been changed."), "success")
        return _to("/account")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/change_name.html", form=from_form(form)), status


@blueprint.route("/account/email", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("email", network="20 per hour", address_anywhere="6 per hour")
def change_email() -> ResponseReturnValue:
    """The new address, and the password."""
    if actor().weak or actor().outside:
        return _to("/account/protect")
    form = ChangeEmail()
    if request.method == "POST" and form.validate():
        typed = (str(form.email.data), str(form.password.data))
        try:
            keep(changing.PURPOSE, changing.begin_email(actor(), *typed, language(), slip_of(changing.PURPOSE)))
        except Invalid as refusal:
            for field, reason in refusal.errors.items():
                form.refuse(field, new_address_words(reason))
        else:
            return _to("/account/email/code")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/change_email.html", form=from_form(form)), status


@blueprint.route("/account/email/code", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("email-code", network="60 per hour")
def change_email_code() -> ResponseReturnValue:
    """The code that the new address received."""
    if actor().weak or actor().outside:
        return _to("/account/protect")
    slip = slip_of(changing.PURPOSE)
    if slip is None:
        return _to("/account/email")
    form = Code()
    if request.method == "POST" and form.validate():
        try:
            changing.finish_email(actor(), slip, form.digits, login.session_hash())
        except WrongCode as refusal:
            form.refuse("code", code_words(refusal.reason))
        except (Invalid, Conflict, Forbidden):
            form.refuse("code", code_words("expired"))
        else:
            drop(changing.PURPOSE)
            flash(_("Your email address has been changed. You are signed out everywhere else."), "success")
            return _to("/account")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/change_email_code.html", form=from_form(form)), status
