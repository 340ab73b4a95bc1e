"""The rows of the holding area, drawn once and remembered: people look at the same rows all day long.

What a row shows is its key, so that nothing is remembered that a change could make wrong. Its times are words ("2 hours
left"), which change with the clock and are part of the key, as its language is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache

from flask import url_for
from flask_babel import get_locale
from markupsafe import Markup

from portal.kernel import clock
from portal.kernel.language import say
from portal.referrals.wording import kind_words
from portal.screening import presenting
from portal.screening.channel_words import channel_words
from portal.screening.clock_words import ClockView
from portal.screening.presenting import Badge
from portal.screening.queries.queue import Line
from portal.web.drawn import badge_html, macro_html

MOST_REMEMBERED = 2_000  # some two kilobytes each: the open reports of a busy front door, in both languages
CLOSED = ("decided", "withdrawn")
_PLACE = "REFERENCE"


@dataclass(frozen=True)
class Row:
    """What one row shows, all of it plain words, numbers and yes or no; "" and None for what it does not show."""

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
        return _remembered(self._row(line), self._language)

    def _row(self, line: Line) -> Row:
        open_ = line.state not in CLOSED
        first = line.first_priority if line.first_priority != line.priority else ""
        since = self._clocks.age(line.sent_at) if open_ else presenting.length_words(self._now - line.sent_at)
        return Row(
            reference=line.reference,
            href=self._address.replace(_PLACE, line.reference),
            open=open_,
            urgent=line.route == "MASH_URGENT" and open_,
            new=line.new_since is not None,
            unread=bool(line.unread) and line.state != "decided",
            checking=line.checking,
            children=presenting.children_words(line.initials, line.children),
            age=self._age(line.born_on, line.age_years, line.unborn, self._today) if line.children else "",
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
            owner=line.owner,
        )


@lru_cache(maxsize=MOST_REMEMBERED)
def _remembered(row: Row, language: str) -> Markup:
    del language  # part of the key: the macro says "Overdue", "Nobody" in it
    return macro_html("screening/_row.html", "row", row, badge_html)
