"""The rows of the holding area, drawn once and remembered: people look at the same rows all day long.

What a row shows is its key, so that nothing is remembered that a change could make wrong. Its times are words ("2 hours
left"), which change with the clock and are part of the key, as its language is. Nothing about a person is remembered: a
reference, initials, an age and a colleague's name are put in afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from flask import url_for
from flask_babel import get_locale
from markupsafe import Markup, escape

from portal.kernel import clock
from portal.kernel.language import say
from portal.referrals.wording import kind_words
from portal.screening import presenting
from portal.screening.channel_words import channel_words
from portal.screening.clock_words import ClockView
from portal.screening.presenting import Badge
from portal.screening.queries.lines import Line
from portal.web.drawn import badge_html, filled, macro_html, place

MOST_REMEMBERED = 2_000  # some two kilobytes each
CLOSED = ("decided", "withdrawn")
_PLACE = "REFERENCE"
_REFERENCE, _HREF, _CHILDREN, _AGE, _OWNER = map(place, range(5))


@dataclass(frozen=True)
class Row:
    """What one row shows, all of it plain words, numbers and yes or no; "" and None for what it does not show.

    Of `reference`, `href`, `children`, `age` and `owner` only the places of their words (web/drawn.py).
    """

    reference: str
    href: str
    open: bool
    urgent: bool
    new: bool
    unread: bool
    checking: int
    children: str
    age: str
    kind: str
    route: Badge
    signs: int
    channel: str
    short_form: bool
    attention: bool
    overridden: bool
    rules_now: str
    withdrawal: bool
    linked: str
    approval: bool
    clock_over: bool
    out_of_hours: bool
    why: str
    reasons: int
    state: Badge
    priority: Badge
    first_priority: str
    since: str
    due_at: datetime
    light: Badge | None
    agency: str
    mine: bool
    owner: str


class Rows:
    """The rows of one page, for one reader at one moment. Each badge's words are looked up once a page."""

    def __init__(self, now: datetime, reader: object) -> None:
        self._now, self._reader, self._today = now, reader, clock.today()
        self._language = str(get_locale())
        self._clocks = ClockView(now)
        self._address = url_for("screening.show", reference=_PLACE)
        self._state = cache(presenting.state_badge)
        self._route = cache(presenting.route_badge)
        self._priority = cache(presenting.priority_badge)
        self._age = cache(presenting.age_words)
        self._kind = cache(kind_words)
        self._channel = cache(channel_words)

    def html(self, line: Line) -> Markup:
        """One line as a row of the table."""
        age = self._age(line.born_on, line.age_years, line.unborn, self._today) if line.children else ""
        told = (
            line.reference,
            self._address.replace(_PLACE, line.reference),
            presenting.children_words(line.initials, line.children),
            age,
            line.owner,
        )
        return filled(_remembered(self._row(line), self._language), [escape(one) for one in told])

    def _row(self, line: Line) -> Row:
        open_ = line.state not in CLOSED
        first = line.first_priority if line.first_priority != line.priority else ""
        since = self._clocks.age(line.sent_at) if open_ else presenting.length_words(self._now - line.sent_at)
        return Row(
            reference=_REFERENCE,
            href=_HREF,
            open=open_,
            urgent=line.route == "MASH_URGENT" and open_,
            new=line.new_since is not None,
            unread=bool(line.unread) and line.state != "decided",
            checking=line.checking,
            children=_CHILDREN,
            age=_AGE if line.children else "",
            kind=self._kind(line.form_key) if line.form_key != "concern" else "",
            route=self._route(line.route),
            signs=line.signs,
            channel=self._channel(line.channel) if line.channel != "portal" else "",
            short_form=line.kind == "urgent",
            attention=line.attention,
            overridden=line.overridden,
            rules_now=self._route(line.rules_now).text if line.rules_now else "",
            withdrawal=line.withdrawal_asked_at is not None,
            linked=line.linked,
            approval=line.approval_asked_at is not None,
            clock_over=line.clock_over_at is not None and open_,
            out_of_hours=line.out_of_hours,
            why=say(line.why, self._language),
            reasons=line.reasons,
            state=self._state(line.state),
            priority=self._priority(line.priority),
            first_priority=self._priority(first).text if first else "",
            since=since,
            due_at=line.due_at,
            light=self._clocks.light(line.urgency, line.due_at, line.clock_paused_at) if open_ else None,
            agency=say(line.agency, self._language),
            mine=line.owner_id is not None and line.owner_id == self._reader,
            owner=_OWNER if line.owner else "",
        )


@lru_cache(maxsize=MOST_REMEMBERED)
def _remembered(row: Row, language: str) -> Markup:
    del language  # part of the key: the macro says "Overdue", "Nobody" in it
    return macro_html("screening/_row.html", "row", row, badge_html)
