"""The urgent reports that nobody has acknowledged, drawn on every page of whoever may screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g, render_template
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.kernel import clock, scope
from portal.screening.presenting import length_words
from portal.screening.queries.duty import Waiting, waiting

MOST_SHOWN = 3
MINUTE = timedelta(minutes=1)


def banner(**_about: Any) -> str:
    """The urgent reports that nobody has acknowledged, for whoever may; nothing for anybody else."""
    if scope.current().council is None or not guard.may(Permission.SCREEN):
        return ""
    return _drawn(_("Urgent"), "duty-banner")


def alert() -> str:
    """The same for a page that is open already, on which there may be a banner from before."""
    return _drawn(_("Urgent, just come in"), "duty-alert")


def keys() -> str:
    """The references of those that wait, in one line: what a page shows, and a script asks about again."""
    return " ".join(reference for reference, _since in _waiting().first)


def _drawn(title: str, place: str) -> str:
    found = _waiting()
    if not found.count:
        return ""
    now, shown = clock.now(), found.first[:MOST_SHOWN]
    ago = [(reference, length_words(now - since) if now - since >= MINUTE else "") for reference, since in shown]
    more = found.count - len(ago)
    return render_template("screening/_duty.html", title=title, place=place, reports=ago, more=more)


def _waiting() -> Waiting:
    """Asked once a request, for the banner and for what a script is told."""
    if "duty_waiting" not in g:
        g.duty_waiting = waiting(guard.actor())
    found: Waiting = g.duty_waiting
    return found
