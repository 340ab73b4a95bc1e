"""The council's own clocks of a report as its page says them: when each began, until when, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _

from portal.kernel import clock, scope
from portal.kernel.language import say
from portal.referrals.queries.record import Found
from portal.referrals.states import OPEN
from portal.screening.clock_words import light_badge
from portal.screening.clocks import Clocks
from portal.screening.presenting import Badge
from portal.stages import rules
from portal.stages.queries import Moments
from portal.stages.rules import Span
from portal.stages.words import NOT_URGENT
from portal.tenants.opening import hours_of
from portal.tenants.own_clocks import OwnClock
from portal.web.dates import datetime_words


@dataclass(frozen=True)
class Told:
    """One clock in words: when it began (or what begins it), until when, and how it stands."""

    name: str
    began: str
    due: str
    stands: Badge | None


def told(found: Found, moments: Moments, pauses: tuple[Span, ...]) -> list[Told]:
    """The clocks that run for that report, in the council's order."""
    return [
        _told(found, one, moments, pauses) for one in rules.running(scope.council().settings.own_clocks, found.route)
    ]


def _told(found: Found, one: OwnClock, moments: Moments, pauses: tuple[Span, ...]) -> Told:
    council, name = scope.council(), say(one.name, str(get_locale()))
    begun, ended = rules.standing(one, moments.starts, moments.ends)
    if begun is None:
        return Told(name, _begins()[one.starts], "", None)
    due = rules.due(begun, one.minutes, pauses, council.nation, hours_of(council))
    return Told(name, datetime_words(begun), datetime_words(due), _stands(found, one, due, ended))


def _begins() -> dict[str, str]:
    return {
        "received": _("Begins when it is received"),
        "claimed": _("Begins when it is claimed"),
        "asked": _("Begins when the referrer is asked"),
        "answered": _("Begins when the referrer answers"),
        "decided": _("Begins when the outcome is recorded"),
    }


def _stands(found: Found, one: OwnClock, due: datetime, ended: datetime | None) -> Badge:
    if ended is not None:
        when = datetime_words(ended)
        return Badge(_("In time: %(date)s", date=when), "green") if ended <= due else Badge(
            _("Late: %(date)s", date=when), "red"
        )  # fmt: skip
    if not one.until and due < clock.now():
        # Nothing that happens later is known here.
        return Badge(_("The time is over"), "grey")
    if one.until and found.state not in OPEN:
        return Badge(_("The work ended first"), "grey")
    clocks = Clocks(scope.council(), clock.now())
    return light_badge(clocks.light(NOT_URGENT, due, found.clock_paused_at), clocks.day)
