"""The pages of auth; each module adds its routes to the blueprint as it is imported."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, request
from flask_babel import gettext as _

from portal.auth.guard import may
from portal.auth.policy import Permission
from portal.auth.views import account as account
from portal.auth.views import call_backs as call_backs
from portal.auth.views import changing as changing
from portal.auth.views import confirming as confirming
from portal.auth.views import factors as factors
from portal.auth.views import forgotten as forgotten
from portal.auth.views import hats as hats
from portal.auth.views import hub as hub
from portal.auth.views import invited as invited
from portal.auth.views import inviting as inviting
from portal.auth.views import offering as offering
from portal.auth.views import operator as operator
from portal.auth.views import passkeys as passkeys
from portal.auth.views import people as people
from portal.auth.views import person as person
from portal.auth.views import registration as registration
from portal.auth.views import sign_on as sign_on
from portal.auth.views import signed_in as signed_in
from portal.auth.views import signing_in as signing_in
from portal.auth.views import signing_out as signing_out
from portal.auth.views.blueprint import blueprint
from portal.kernel import scope
from portal.web import shell
from portal.web.shell import Link


def register(app: Flask) -> None:
    """Add the pages and their links to the application."""
    app.register_blueprint(blueprint)
    shell.add_navigation(app, _links, place=3)


def _links() -> Iterable[Link]:
    here = scope.current()
    if here.council is None:
        return
    if may(Permission.PEOPLE):
        yield Link(_("People"), f"{request.script_root}/people", request.path.startswith("/people"))
    if here.actor is None:
        yield Link(_("Sign in"), f"{request.script_root}/sign-in", request.path.startswith("/sign-in"))
