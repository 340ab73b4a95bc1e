"""Where a person is signed in, how long for, and showing again who they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import login
from portal.auth.ceremonies import Refused
from portal.auth.commands import account as changes
from portal.auth.commands import factors as factor_changes
from portal.auth.commands import passkeys
from portal.auth.commands.codes import WrongCode
from portal.auth.guard import actor, page
from portal.auth.inputs import AppCode, ChangePassword, OwnPassword, app_code_words, password_words
from portal.auth.policy import Permission
from portal.auth.queries import factors
from portal.auth.views.blueprint import UNPROCESSABLE, View, blueprint, limited
from portal.auth.views.challenges import place, taken
from portal.kernel import scope
from portal.kernel.errors import Invalid
from portal.web.fields import from_form

_AGAIN = "again"


def _to(path: str) -> ResponseReturnValue:
    return redirect(f"{request.script_root}{path}", 303)


@blueprint.app_context_processor
def _for_templates() -> dict[str, object]:
    return {"idle_seconds": login.idle_seconds, "idle_pages": _idle_pages}


def _idle_pages() -> tuple[str, str]:
    """Where a script asks how long is left, and says that somebody is there; operators have no page in a council."""
    here = scope.current().actor
    if here is not None and (here.instance or here.support):
        return "/operator/idle", "/operator/stay"
    return url_for("auth.idle"), url_for("auth.stay")


def recently(view: View) -> Callable[..., ResponseReturnValue]:
    """A page that changes what somebody signs in with: whoever signed in longer ago shows first who they are, and
    whom an organisation signed in is told to sign in here."""

    @wraps(view)
    def guarded(*args: object, **values: object) -> ResponseReturnValue:
        if login.fresh() and not actor().outside:
            return view(*args, **values)
        # A form that was refused here is not sent again by itself: its page is shown first.
        session[_AGAIN] = _page_of_this()
        return _to("/account/protect" if actor().outside else "/account/again")

    return guarded


def _page_of_this() -> str:
    """The page on which this request's form stands, or the page that was asked for."""
    if request.method != "POST":
        return request.path
    own = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    if request.path.startswith("/account"):
        return "/account"
    return request.path if own else request.path.rpartition("/")[0]


@blueprint.route("/account/again", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("again", network="300 per hour", account="10 per 5 minutes", account_anywhere="40 per hour")
def again() -> ResponseReturnValue:
    """The code of the app, or the password of somebody who has nothing else."""
    here = actor()
    if here.outside:
        # A code or a password alone is half of a sign-in of ours, and the other half was not.
        return _to("/account/protect")
    found = factors.of(here.account_id)
    form = AppCode() if found.app_since else OwnPassword()
    if request.method == "POST" and form.validate():
        try:
            if isinstance(form, AppCode):
                factor_changes.use_app(here.account_id, form.digits)
                return _confirmed("totp")
            if not found.strong:
                changes.check_own_password(here, str(form.password.data))
                return _confirmed("password")
        except WrongCode as refusal:
            form.refuse("code", app_code_words(refusal.reason))
        except Invalid:
            form.refuse("password", _("That is not your password"))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/again.html", form=from_form(form), factors=found), status


@blueprint.route("/account/again/passkey", methods=["POST"])
@page(Permission.ACCOUNT)
@limited("again-passkey", network="300 per hour")
def again_passkey() -> ResponseReturnValue:
    """The answer of one of the person's own passkeys."""
    challenge = taken()
    try:
        whose = passkeys.use(request.form.get("credential", ""), challenge, place()) if challenge else None
    except Refused:
        whose = None
    if whose != actor().account_id:
        flash(_("That passkey did not work here. Try again."))
        return _to("/account/protect" if actor().outside or actor().short else "/account/again")
    return _confirmed("passkey")


def _confirmed(by: str) -> ResponseReturnValue:
    here = actor()
    changes.confirmed(here, by)
    going = str(session.pop(_AGAIN, "/account"))
    if by == "passkey" or (by == "totp" and here.weak):
        login.sign_in(here.account_id, by)
    else:
        login.renew(here)
    return _to(going if going.startswith(("/account", "/council")) else "/account")


@blueprint.route("/account/password", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
@limited("password", network="300 per hour", account="10 per 10 minutes", account_anywhere="40 per hour")
def password() -> ResponseReturnValue:
    """The old password and a new one."""
    here = actor()
    if not factors.of(here.account_id).may_set_up(here):
        return _to("/account/protect")
    form = ChangePassword()
    if request.method == "POST" and form.validate():
        try:
            changes.change_password(here, str(form.old.data), str(form.new.data), here=login.session_hash())
        except Invalid as refusal:
            if "old" in refusal.errors:
                form.refuse("old", _("That is not your password"))
            else:
                form.refuse("new", password_words(refusal.errors["new"]))
        else:
            login.renew(here)
            flash(_("Your password has changed. You were signed out everywhere else."), "success")
            return _to("/account")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render_template("auth/change_password.html", form=from_form(form)), status


@blueprint.route("/account/sessions/end", methods=["POST"])
@page(Permission.ACCOUNT)
def end_session() -> ResponseReturnValue:
    """End one session, or every other one."""
    handle = request.form.get("session", "")
    if handle == "others":
        changes.end_other_sessions(actor(), login.session_hash())
    else:
        changes.end_session(actor(), handle)
    flash(_("Signed out there."), "success")
    return _to("/account")


@blueprint.route("/account/idle")
@page(Permission.ACCOUNT)
def idle() -> ResponseReturnValue:
    """How long until the person is signed out; asked by a script in the background."""
    return jsonify(seconds=login.idle_left())


@blueprint.route("/account/stay", methods=["POST"])
@page(Permission.ACCOUNT)
def stay() -> ResponseReturnValue:
    """Somebody is there: being asked is enough to keep the session alive."""
    return jsonify(seconds=login.idle_seconds())
