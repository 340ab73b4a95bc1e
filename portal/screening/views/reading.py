"""On the referrer's thread: whether somebody of the council has this open now, and who deals with it."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from portal.kernel import scope
from portal.referrals.queries.record import Found
from portal.screening.commands.presence import OPEN_FOR
from portal.screening.queries.here import AtWork, at_work


def panel(found: Found | None = None, **_about: Any) -> str:
    """The line above the referrer's reply; "" where nobody deals with it and nobody is there."""
    if found is None:
        return ""
    lines = reading_words(at_work(found, OPEN_FOR), names=scope.council().settings.asking.show_names)
    return render_template("screening/_reading.html", lines=lines) if lines else ""


def reading_words(work: AtWork, *, names: bool) -> list[str]:
    """What a referrer reads of who is at work: of people only where the council shows `names`, else of a team."""
    told = []
    if work.owner:
        told.append(
            _("%(name)s of the front door team deals with this.", name=work.owner)
            if names
            else _("The front door team is dealing with this.")
        )
    if work.here:
        told.append(
            _("Open now with the front door team: %(names)s.", names=", ".join(work.here))
            if names
            else _("The front door team has this open now.")
        )
    return [str(one) for one in told]
