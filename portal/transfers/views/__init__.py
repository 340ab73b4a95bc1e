"""The pages of transfers, their link, and what the page of a report says of them."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, render_template, request, url_for
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.policy import Permission
from portal.messaging import commands as messaging
from portal.messaging.queries import thread
from portal.referrals.queries import counted
from portal.referrals.queries.record import Found
from portal.screening import beside
from portal.transfers import words
from portal.transfers.across import others
from portal.transfers.queries.transfers import arrival, how_it_stands, waiting
from portal.transfers.views import offers, passing, sending
from portal.transfers.views.blueprint import blueprint
from portal.web import shell

TRANSFER = "transfer"


def register(app: Flask) -> None:
    """The addresses, the navigation's link, and the lines of the report's page."""
    app.register_blueprint(blueprint)
    shell.add_navigation(app, navigation, place=2)
    counted.add(TRANSFER, how_it_stands)
    for place in ("holding_area", "my_day"):
        shell.add_panel(app, place, _waiting)
    shell.add_panel(app, "screening", _later)
    beside.add_line(app, 50, _sent)
    beside.add_line(app, 51, _came)


def navigation() -> Iterator[shell.Link]:
    """The transfers, for those who answer them, where there is another council."""
    if guard.may(Permission.DECIDE) and others():
        here = (request.endpoint or "").startswith("transfers.")
        yield shell.Link(_("Transfers"), url_for("transfers.listing"), current=here)


def _waiting(**_about: object) -> str:
    """What waits for an answer to another council, for those who answer, where there is another one."""
    number, urgent = waiting(guard.actor()) if guard.may(Permission.DECIDE) and others() else (0, 0)
    return render_template("transfers/_waiting.html", number=number, urgent=urgent) if number else ""


def _later(found: Found | None = None, **_about: object) -> str:
    """What was passed on after a report had come from another council; looking at it marks it read."""
    if found is None or not _has_arrived(found):
        return ""
    actor = guard.actor()
    said = thread(actor, Permission.LOOK, found)
    if not said:
        return ""
    new = {one.id for one in said if one.new}
    if guard.may(Permission.SCREEN) and new:
        messaging.mark_read(actor, found, "council")
    # They are kept in the name of whoever took the report in, and nobody here wrote them.
    sender = words.other_name(arrival(actor, found.id))
    entries = [
        {
            "id": one.id, "sender": sender, "at": one.sent_at, "text": one.text,
            "mine": False, "tag": _("New") if one.id in new else "",
        }
        for one in said
    ]  # fmt: skip
    return render_template("transfers/_later.html", entries=entries)


def _has_arrived(found: Found) -> bool:
    return str(found.counted.get(TRANSFER) or "").endswith("arrived")


def _sent(found: Found) -> beside.Line | None:
    state = str(found.counted.get(TRANSFER) or "").partition(",")[0]
    if not state and (found.form_key != "concern" or not others()):
        return None
    told, attention = words.line_words(state) if state else ("", False)
    href = url_for("transfers.sending", reference=found.reference)
    return beside.Line(_("Transfer to another council"), href, told, attention)


def _came(found: Found) -> beside.Line | None:
    if not _has_arrived(found):
        return None
    return beside.Line(_("What came from the other council"), url_for("transfers.arrived", reference=found.reference))


__all__ = ["offers", "passing", "register", "sending"]
