"""The page that the email to a new operator opens: looking uses nothing up."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import agents, envelope, login, operators, totp
from portal.auth.ceremonies import Refused
from portal.auth.commands import operators as commands
from portal.auth.commands.codes import WrongCode
from portal.auth.guard import public
from portal.auth.inputs import AppCode, ChoosePassword, app_code_words, password_words
from portal.auth.queries import operators as queries
from portal.auth.queries.operators import Invited
from portal.auth.views.blueprint import UNPROCESSABLE, limited
from portal.auth.views.challenges import challenge, place, taken
from portal.auth.views.operator.desk import HOME, operator
from portal.kernel.crypto import CannotOpen
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor
from portal.web.fields import from_form
from portal.web.posted import only_language

WHY = "an operator sets up here what they sign in with"
_SEED = "operator_seed"


class SetUp(ChoosePassword, AppCode):
    """A password, and the code of the app that was set up."""

    field_order = ("password", "code")


@operator.route("/set-up/<token>", methods=["GET", "POST"])
@public(WHY, instance=True)
@limited("operator-set-up", network="60 per hour")
def set_up(token: str) -> ResponseReturnValue:
    """A passkey; on the demonstration a password and an app will do."""
    found = queries.invited(token)
    if found is None:
        return _over()
    form, failed = SetUp(), False
    if request.method == "POST" and not only_language():
        try:
            made = _with_app(token, found, form) if "code" in request.form else _with_passkey(token)
        except NotFound:
            return _over()
        except (Refused, Conflict):
            made, failed = None, True
        if made is not None:
            return _in(made)
    return _page(found, form, failed=failed), UNPROCESSABLE if request.method == "POST" else 200


def _with_passkey(token: str) -> Actor:
    new = place().made(request.form.get("credential", ""), taken() or b"")
    return commands.set_up_passkey(token, new, agents.described(request.user_agent.string) or _("Passkey"))


def _with_app(token: str, found: Invited, form: SetUp) -> Actor | None:
    seed = _seed(found)
    if not operators.with_app():
        raise NotFound
    if seed is None or not form.validate():
        return None
    try:
        return commands.set_up_app(token, str(form.password.data), seed, form.digits)
    except Invalid as refusal:
        form.refuse("password", password_words(refusal.errors["password"]))
    except WrongCode as refusal:
        form.refuse("code", app_code_words(refusal.reason))
    return None


def _in(made: Actor) -> ResponseReturnValue:
    session.pop(_SEED, None)
    login.sign_in(made.account_id, made.strength)
    return redirect(HOME, 303)


def _seed(found: Invited) -> bytes | None:
    try:
        return envelope.unseal_for_session(found.account_id, _SEED, session.get(_SEED, ""))
    except CannotOpen:
        return None


def _page(found: Invited, form: SetUp, *, failed: bool) -> str:
    app = _app(found) if operators.with_app() else {}
    views = from_form(form)
    return render_template(
        "operator/set_up.html",
        found=found,
        fields=[views[name] for name in form.field_order],
        options=place().creation(challenge(), found.account_id, found.email, found.name, ()),
        failed=failed,
        app=app,
    )


def _app(found: Invited) -> dict[str, object]:
    seed = _seed(found)
    if seed is None:
        seed = totp.new_seed()
        session[_SEED] = envelope.seal_for_session(found.account_id, _SEED, seed)
    address = totp.address(seed, found.email, _("Professionals portal"))
    side, path = totp.picture(address)
    return {"spelled": totp.spelled(seed), "address": address, "side": side, "path": path}


def _over() -> ResponseReturnValue:
    return render_template("operator/set_up_over.html"), 404
