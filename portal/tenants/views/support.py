"""Whether the portal's operator may look: the council decides here, and sees everything that was opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.guard import actor, page
from portal.auth.policy import Permission
from portal.kernel import scope
from portal.kernel.digits import whole
from portal.kernel.errors import Conflict
from portal.tenants.commands import support as commands
from portal.tenants.queries import support as queries
from portal.tenants.queries.support import Grant, Use
from portal.tenants.views.blueprint import tenants
from portal.web.dates import datetime_words
from portal.web.posted import only_language

UNPROCESSABLE, CONFLICT = 422, 409


def purposes() -> dict[str, str]:
    """What an operator may want to look for."""
    return {
        "fault": _("To find a fault that was reported"),
        "check": _("To check that a change works"),
        "help": _("To help the council with a task"),
    }


def state_words(one: Grant) -> str:
    """How a request stands."""
    if one.state == "approved":
        return str(_("May look now") if one.live else _("Over"))
    texts: dict[str, str] = {
        "asked": _("Waits for the council’s decision"), "refused": _("Not allowed"), "ended": _("Ended early"),
    }  # fmt: skip
    return texts[one.state]


@tenants.get("/council/support")
@page(Permission.SUPPORT)
def support() -> str:
    """Every request, newest first."""
    return _page()


@tenants.post("/council/support/<uuid:grant_id>")
@page(Permission.SUPPORT)
def decide_support(grant_id: UUID) -> ResponseReturnValue:
    """Allow, refuse, or end before its time."""
    acts = {"approve": commands.approve, "refuse": commands.refuse, "end": commands.end}
    act, seen = acts.get(request.form.get("do", "")), whole(request.form.get("version"))
    if act is None or seen is None or only_language():
        return _page(), UNPROCESSABLE
    try:
        act(actor(), grant_id, seen)
    except Conflict:
        return _page(_("Somebody decided this before you. See how it stands now.")), CONFLICT
    said = {"approve": _("They may look now."), "refuse": _("They may not look."), "end": _("Ended. They see nothing.")}
    flash(said[request.form["do"]], "success")
    return redirect(url_for("tenants.support"), 303)


def _page(trouble: str = "") -> str:
    cards = [(one, rows(one), [use_words(use) for use in one.uses]) for one in queries.grants(actor())]
    return render_template("tenants/support.html", cards=cards, state=state_words, hours=hours_words, trouble=trouble)


def hours_words(hours: int) -> str:
    """How long, in words."""
    return str(_("1 hour") if hours == 1 else _("%(hours)s hours", hours=hours))


def rows(one: Grant) -> list[dict[str, str]]:
    """What there is to say of a request."""
    said = [
        {"key": _("Purpose"), "value": purposes()[one.purpose]},
        {"key": _("Reason"), "value": one.reason},
        {"key": _("For how long"), "value": hours_words(one.hours)},
        {"key": _("Asked"), "value": datetime_words(one.asked_at)},
    ]
    if one.decided_at:
        decided = _("%(name)s, %(at)s", name=one.decided_by, at=datetime_words(one.decided_at))
        said.append({"key": _("Decided by"), "value": decided})
    ends = one.ended_at or one.until
    if ends:
        said.append({"key": _("Ends") if one.live else _("Ended"), "value": datetime_words(ends)})
    return said


def use_words(use: Use) -> str:
    """What was opened and when: the holding area, a report by its reference, or an address by its name."""
    known: dict[str, str] = {
        "screening.queue": _("Holding area"), "screening.show": _("Report"), "tenants.front": _("Front page"),
    }  # fmt: skip
    what = " ".join(part for part in (known.get(use.page, use.page or _("Nothing")), use.about) if part)
    if use.method not in ("GET", "HEAD"):
        what = _("%(what)s (tried to change something)", what=what)
    return f"{datetime_words(use.at)}: {what}"


def panel(**_about: Any) -> str:
    """On every page of the council: that an operator is looking, until when, and that it is kept."""
    here = scope.current().actor
    if here is None or here.support is None or "tenants.support" not in current_app.view_functions:
        return ""
    ends = queries.until(here)
    return render_template("tenants/_support.html", until=datetime_words(ends) if ends else "")
