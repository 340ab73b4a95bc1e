"""The pages about what follows a decision, their links, and what the two pages of a report say of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.auth import guard
from portal.auth.policy import Permission
from portal.messaging.views import copying
from portal.onward.queries.challenges import how_it_stands, number_at
from portal.onward.views import answering, challenging
from portal.onward.views.blueprint import blueprint
from portal.referrals.queries import counted
from portal.screening import beside
from portal.tenants import challenge_entries, uses
from portal.tenants.challenge_settings import USUAL_LEVELS
from portal.web import shell


def register(app: Flask) -> None:
    """The addresses, the navigation's link, the panel of the referrer's page and the line of the council's."""
    app.register_blueprint(blueprint)
    shell.add_navigation(app, navigation, place=3)
    shell.add_panel(app, "referral_outcome", challenging.panel)
    copying.add_part(app, challenging.copied)
    counted.add(answering.CHALLENGE, how_it_stands)
    beside.add_line(app, 20, answering.line)
    uses.add(app, challenge_entries.LEVELS, held=held)


def held(_list_key: str, levels: Collection[str]) -> str:
    """That challenges wait at levels that somebody wants to remove or move; "" for none."""
    count = number_at([place for place, key in enumerate(USUAL_LEVELS, 1) if key in levels])
    if not count:
        return ""
    says = ngettext(
        "%(num)s challenge waits for an answer at a level that would go or change places. A practice manager must "
        "answer it first. What a level is called, its working days and who answers can be changed now.",
        "%(num)s challenges wait for an answer at levels that would go or change places. Practice managers must "
        "answer them first. What a level is called, its working days and who answers can be changed now.",
        count,
    )
    return str(says)


def navigation() -> Iterator[shell.Link]:
    """The challenged decisions, for those who answer them."""
    if guard.may(Permission.APPROVE):
        here = request.endpoint in ("onward.challenges", "onward.answering")
        yield shell.Link(_("Challenges"), url_for("onward.challenges"), current=here)


__all__ = ["answering", "challenging", "register"]
