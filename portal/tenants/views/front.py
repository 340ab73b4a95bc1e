"""The first page of a council, and of the instance: whom to ring comes before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.language import say
from portal.kernel.scope import Actor, Council
from portal.tenants import opening, resolve
from portal.tenants.promises import promises
from portal.tenants.views.blueprint import tenants

tenants.app_context_processor(lambda: {"promises": promises})

JOINED = ("pending", "active", "suspended")


@dataclass(frozen=True)
class Door:
    """Something this person can go on to: its name, what it is for, where it is."""

    title: str
    hint: str
    href: str


@tenants.get("/")
@guard.public("whoever is worried must find the numbers to ring", council=False)
def front() -> str:
    """A council's front page; outside every council, the choice of one."""
    council = scope.current().council
    return _choose() if council is None else _of(council)


def _choose() -> str:
    language = str(get_locale() or "en")
    councils = [(say(one.name, language), f"{request.script_root}/{one.slug}/") for one in resolve.everyone()]
    return render_template("tenants/choose.html", councils=councils, demo=current_app.config["DEMO"])


def _of(council: Council) -> str:
    language = str(get_locale() or council.languages[0])
    actor = scope.current().actor
    return render_template(
        "tenants/front.html",
        numbers=opening.numbers(council, language),
        open=opening.is_open(council),
        statutory=council.settings.statutory,
        email=council.settings.email,
        actor=actor,
        waiting=actor is not None and actor.state == "pending",
        doors=_doors(actor) if actor else (),
        start=_address("referrals.start"),
        advice=_address("forms.advice"),
        outbox=_address("tenants.outbox") if current_app.config["DEMO"] else "",
    )


def _rooms() -> tuple[tuple[Permission, str, str, str], ...]:
    """Everything there is to go on to: who may, where it is, its name and what it is for."""
    mine = _("See what happened to what you sent, answer questions and read decisions")
    return (
        (Permission.LOOK, "screening.queue", _("Holding area"), _("Reports and requests that wait for a decision")),
        (
            Permission.EARLY_HELP,
            "earlyhelp.index",
            _("Early help"),
            _("What was offered to early help, and what its teams work on"),
        ),
        (
            Permission.REPORT,
            "referrals.start",
            _("Report or request"),
            _("Start a report or a request, or go on with a draft"),
        ),
        (Permission.TRACK, "referrals.mine", _("My reports and requests"), mine),
        (Permission.PEOPLE, "auth.people", _("People"), _("Approve people who asked for access")),
        (
            Permission.COUNCIL,
            "agencies.home",
            _("Agencies"),
            _("Decide which organisations may report, and confirm their email domains"),
        ),
        (
            Permission.COUNCIL,
            "tenants.own_settings",
            _("Council settings"),
            _("Names, telephone numbers, hours and the pages in your own words"),
        ),
        (
            Permission.SUPPORT,
            "tenants.support",
            _("Access of the portal’s operator"),
            _("Decide whether the people who run the portal may look, and see what they opened"),
        ),
        (Permission.ACCOUNT, "auth.account", _("Your account"), _("Your details and your language")),
    )


def _doors(actor: Actor) -> tuple[Door, ...]:
    """Where this person may go, in the order of their work."""
    doors = tuple(
        Door(title, hint, _address(endpoint))
        for permission, endpoint, title, hint in _rooms()
        if guard.may(permission) and _address(endpoint)
    )
    join = _address("auth.join")
    if actor.state in JOINED or not join:
        return doors
    # An account from another council: without this there would be nothing to go on to.
    return (Door(_("Ask for access"), _("You have an account, and no access to this council yet"), join), *doors)


def _address(endpoint: str) -> str:
    """Where a page of any package is ("" when the instance runs without that package)."""
    return url_for(endpoint) if endpoint in current_app.view_functions else ""
