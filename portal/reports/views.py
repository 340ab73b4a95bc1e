"""The team's dashboard: what waits, what is late, what came and how much of it was decided in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Flask, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from portal.auth import guard
from portal.auth.guard import page
from portal.auth.policy import Permission
from portal.handover.queries.parcels import numbers as parcel_numbers
from portal.kernel import clock, scope
from portal.kernel.language import say
from portal.reports.queries import Hit, Numbers, hits, numbers
from portal.screening import presenting
from portal.screening.addresses import COUNTED_DAYS
from portal.screening.views.alerts import keys
from portal.screening.views.filtering import ROUTES, agency_kind_words, when_words
from portal.screening.views.live import answered
from portal.web import shell

blueprint = Blueprint("reports", __name__)

PICTURED = 14
MOST_AGENCIES = 15
LONGEST_PICTURED = 19  # characters of a name beside a bar; the table has all of it
STATES = ("sent", "screening", "asked", "answered")


@dataclass(frozen=True)
class Line:
    """One number, what it counts, and the list behind it ("" where the list is not one)."""

    label: str
    number: int
    href: str = ""


@blueprint.get("/dashboard")
@page(Permission.LOOK)
def dashboard() -> ResponseReturnValue:
    """The numbers at this moment; each opens the list behind it."""
    found = numbers(guard.actor())
    heads = _heads(found)
    days = [clock.today() - timedelta(days=back) for back in range(PICTURED - 1, -1, -1)]
    words = when_words()
    decided = found.in_time + found.late
    return render_template(
        "reports/dashboard.html",
        found=found,
        heads=heads,
        live=_live(heads),
        parts=[
            (_("State"), [_line(presenting.state_badge(one).text, found.states, one, state=one) for one in STATES]),
            (_("Route"), [_line(presenting.route_badge(one).text, found.routes, one, route=one) for one in ROUTES]),
            (_("Owner"), _owners(found)),
            (_("Agency"), _agencies(found)),
        ],
        left_out=max(0, len(found.agencies) - MOST_AGENCIES),
        received=[(format_date(day, "EEE d MMM"), found.received.get(day, 0)) for day in days],
        routes=[(presenting.route_badge(one).text, found.routes.get(one, 0)) for one in ROUTES],
        **_decided(found, days),
        rate=round(100 * found.in_time / decided) if decided else None,
        in_time=_list(found.in_time, words["in_time"], tab="decided", when="in_time"),
        late=_list(found.late, words["late"], tab="decided", when="late"),
        days=COUNTED_DAYS,
    )


@blueprint.get("/dashboard/now")
@page(Permission.SCREEN)
def dashboard_now() -> ResponseReturnValue:
    """The first numbers as they are now, for a script: it tells no names, and keeps no session alive."""
    g.background = True
    heads = _heads(numbers(guard.actor()))
    changed = request.args.get("seen", "") != _seen(heads)
    told = {
        "tabs": [str(one.number) for one in heads],
        "said": _("The numbers have changed.") if changed else "",
        "more": _("Count again"),
        "waiting": keys(),
    }
    return answered(told)


def _decided(found: Numbers, days: list[date]) -> dict[str, Any]:
    """What was decided each day, in time and late, and of it how much of a hundred in time (None where nothing was)."""
    per_day = [(format_date(day, "EEE d MMM"), *found.decided.get(day, (0, 0))) for day in days]
    rates = [(day, round(100 * good / (good + bad)) if good + bad else None) for day, good, bad in per_day]
    return {"per_day": per_day, "rates": rates}


def _live(heads: list[Line]) -> str:
    """The address at which a script asks; none for those who only look."""
    return url_for(".dashboard_now", seen=_seen(heads), shown=keys()) if guard.may(Permission.SCREEN) else ""


def _seen(heads: list[Line]) -> str:
    return ".".join(str(one.number) for one in heads)


def _heads(found: Numbers) -> list[Line]:
    words = when_words()
    return [
        _list(found.unclaimed_urgent, words["urgent_unclaimed"], when="urgent_unclaimed"),
        _list(found.overdue, _("Overdue"), overdue="yes"),
        _list(found.due_today, words["due_today"], when="due_today"),
        _list(found.open, _("Open")),
        _list(found.owners.get("", 0), _("Claimed by nobody"), owner="nobody"),
        _list(found.received.get(clock.today(), 0), words["received_today"], tab="all", when="received_today"),
        *_parcels(),
    ]


def _parcels() -> list[Line]:
    """What has not reached the case system, where the council hands decisions over."""
    council = scope.current().council
    if council is None or council.settings.hand_over.how == "none" or not guard.may(Permission.DECIDE):
        return []
    counted = parcel_numbers(guard.actor())
    words = {"failed": _("Not handed over: refused or given up"), "waiting": _("Waiting to be handed over")}
    return [
        Line(said, counted[tab], url_for("handover.index", tab=tab) if counted[tab] else "")
        for tab, said in words.items()
    ]


def _list(number: int, label: str, **filters: str) -> Line:
    return Line(label, number, url_for("screening.queue", **filters) if number else "")  # type: ignore[arg-type] # its own names


def _line(label: str, counted: Mapping[str, int], key: str, **filters: str) -> Line:
    return _list(counted.get(key, 0), label, **filters)


def _owners(found: Numbers) -> list[Line]:
    lines = [
        _list(number, found.owner_names.get(key, key), owner=key) if key else _list(number, _("Nobody"), owner="nobody")
        for key, number in found.owners.items()
    ]
    return sorted(lines, key=lambda one: (-one.number, one.label))


def _agencies(found: Numbers) -> list[Line]:
    language = str(get_locale())
    lines = [
        _list(number, say(found.agency_names.get(key, {}), language), agency=key)
        for key, number in found.agencies.items()
    ]
    return sorted(lines, key=lambda one: (-one.number, one.label))[:MOST_AGENCIES]


@dataclass(frozen=True)
class Rate:
    """One row: how much of it was in time and late, each with its list, and how much of a hundred was in time."""

    name: str
    in_time: Line
    late: Line
    percent: int


@dataclass(frozen=True)
class Part:
    """One way to cut it; `column` is what a row is called."""

    key: str
    title: str
    column: str
    rates: Sequence[Rate]

    @property
    def bars(self) -> list[tuple[str, int]]:
        """What the picture shows."""
        return [(_short(one.name), one.percent) for one in self.rates]


@blueprint.get("/dashboard/hit-rate")
@page(Permission.APPROVE)
def hit_rate() -> ResponseReturnValue:
    """The numbers at this moment; each opens the list behind it."""
    found = hits(guard.actor())
    people = [_rate(found.names.get(key, key) if key else _("Nobody"), one, owner=key or "nobody")
              for key, one in found.people.items()]  # fmt: skip
    kinds = [_rate(agency_kind_words(key), one, agency_kind=key) for key, one in found.kinds.items()]
    return render_template(
        "reports/hit_rates.html",
        parts=[
            Part("people", _("By person"), _("Owner"), _sorted(people)),
            Part("kinds", _("By kind of agency"), _("Kind of agency"), _sorted(kinds)),
        ],
        days=COUNTED_DAYS,
    )


def _rate(name: str, hit: Hit, **filters: str) -> Rate:
    words: Mapping[str, str] = when_words()
    in_time, late = (
        _list(number, f"{name}: {words[when]}", tab="decided", when=when, **filters)
        for when, number in (("in_time", hit.in_time), ("late", hit.late))
    )
    return Rate(name, in_time, late, round(100 * hit.in_time / (hit.in_time + hit.late)))


def _sorted(rates: list[Rate]) -> list[Rate]:
    return sorted(rates, key=lambda one: (-(one.in_time.number + one.late.number), one.name))


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_PICTURED else f"{name[: LONGEST_PICTURED - 1].rstrip()}…"


def navigation() -> Any:
    """The dashboard, for those who may look."""
    if guard.may(Permission.LOOK):
        here = request.endpoint == "reports.dashboard"
        yield shell.Link(_("Dashboard"), url_for("reports.dashboard"), current=here)


def register(app: Flask) -> None:
    """The page and the link in the navigation."""
    app.register_blueprint(blueprint)
    shell.add_navigation(app, navigation, place=2)
