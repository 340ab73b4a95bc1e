"""What the operator's pages share: their blueprint, their words in the layout, and the step-up before great things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps

from flask import Blueprint, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth import guard, login
from portal.auth.policy import Permission
from portal.auth.views.blueprint import View
from portal.web.shell import Link

operator = Blueprint("operator", __name__, url_prefix="/operator")
AGAIN = "operator_again"
HOME = "/operator"


@operator.before_request
def _named() -> None:
    g.service = (_("Running the portal"), HOME)


def links() -> Iterable[Link]:
    """The navigation of the operator's pages."""
    if guard.may(Permission.OPERATE) and request.blueprint == operator.name:
        yield Link(_("Councils"), HOME, request.path == HOME)


def recently(view: View) -> Callable[..., ResponseReturnValue]:
    """A page that changes a council: who signed in longer ago shows first that it is them."""

    @wraps(view)
    def guarded(*args: object, **values: object) -> ResponseReturnValue:
        if login.fresh():
            return view(*args, **values)
        session[AGAIN] = request.path
        return redirect("/operator/again", 303)

    return guarded
