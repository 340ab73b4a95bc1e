"""Opening an invitation: looking uses nothing up; accepting is a form."""

from __future__ import annotations

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from portal.auth import login
from portal.auth.commands import devices, invitations
from portal.auth.guard import actor, page, public
from portal.auth.inputs import password_words
from portal.auth.inputs.people import Accept
from portal.auth.policy import Permission
from portal.auth.queries import invitations as queries
from portal.auth.queries.invitations import Offered
from portal.auth.views.account import role_words
from portal.auth.views.blueprint import UNPROCESSABLE, blueprint, home_of, language, limited, to_protect
from portal.kernel import scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.web.fields import from_form
from portal.web.posted import only_language

# The hash alone: what a session holds must not open an invitation.
_KEPT = "invitation"


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@public("people are invited before they can sign in")
@limited("invitation", network="120 per hour")
def invitation(token: str) -> ResponseReturnValue:
    """What is offered, and how to accept it: with a new account, or by signing in."""
    token_hash = queries.hashed(token)
    offered = queries.offered(token_hash)
    if offered is None:
        return _over()
    if scope.current().actor is not None:
        return _signed_in(token_hash, offered)
    if offered.account_id is not None:
        return _has_account(token_hash, offered)
    form = Accept()
    if request.method == "POST" and form.validate():
        try:
            made = invitations.accept_new(
                token_hash, str(form.name.data), str(form.job.data), str(form.password.data), language()
            )
        except Invalid as refusal:
            form.refuse("password", password_words(refusal.errors["password"]))
        except (NotFound, Conflict):
            return _over()
        else:
            devices.note(made.account_id, *login.device())
            login.sign_in(made.account_id, made.strength)
            return to_protect(made)
    status = UNPROCESSABLE if request.method == "POST" else 200
    views = from_form(form)
    return _page(offered, fields=[views[name] for name in form.field_order]), status


@blueprint.route("/invitation", methods=["GET", "POST"])
@page(Permission.ACCOUNT)
def my_invitation() -> ResponseReturnValue:
    """The invitation that this browser opened before its person signed in."""
    token_hash = str(session.get(_KEPT, ""))
    offered = queries.offered(token_hash)
    return _over() if offered is None else _signed_in(token_hash, offered)


def _has_account(token_hash: str, offered: Offered) -> ResponseReturnValue:
    """The address has an account: its person signs in first, and comes back."""
    if request.method == "POST" and not only_language():
        session[_KEPT] = token_hash
        session["next"] = "/invitation"
        return redirect(f"{request.script_root}/sign-in", 303)
    return _page(offered, sign_in=True)


def _signed_in(token_hash: str, offered: Offered) -> ResponseReturnValue:
    mine = offered.account_id == actor().account_id
    if request.method != "POST" or only_language():
        return _page(offered) if mine else _others()
    try:
        made = invitations.accept(actor(), token_hash)
    except Forbidden:
        return _others()
    except (NotFound, Conflict):
        return _over()
    session.pop(_KEPT, None)
    return redirect(home_of(made), 303)


def _page(offered: Offered, **more: object) -> str:
    values: dict[str, object] = {"fields": (), "sign_in": False, **more}
    return render_template("auth/invitation.html", offered=offered, role=role_words(offered.role), **values)


def _others() -> ResponseReturnValue:
    return render_template("auth/invitation_other.html"), 403


def _over() -> ResponseReturnValue:
    return render_template("auth/invitation_over.html"), 404
