"""When a council's hub answers, which of its numbers to ring now, and its hours in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from babel.dates import get_day_names

from portal.kernel import clock
from portal.kernel.language import say, words
from portal.kernel.scope import Council

NOON = 12


@dataclass(frozen=True)
class Number:
    """A number to ring in the reader's language; `now` marks the one that is answered at this moment."""

    name: str
    number: str
    when: str
    now: bool


def hours_of(council: Council) -> clock.Hours:
    """The council's working hours, days and closures as the clock counts them."""
    phones = council.settings.phones
    cutoff = council.settings.clock.cutoff
    return clock.Hours(phones.hours.opens, phones.hours.closes, phones.hours.days, phones.closures, cutoff)


def is_open(council: Council, moment: datetime | None = None) -> bool:
    """Whether the council's hub answers at that moment (now, unless said): bank holidays of its nation count."""
    return clock.is_open(moment or clock.now(), council.nation, hours_of(council))


def numbers(council: Council, language: str, moment: datetime | None = None) -> tuple[Number, Number]:
    """The hub's and the emergency duty team's numbers; exactly one of them has `now`."""
    phones = council.settings.phones
    hub_answers = is_open(council, moment)
    return (
        Number(say(phones.hub.name, language), phones.hub.number, hours_words(council, language), hub_answers),
        Number(
            say(phones.out_of_hours.name, language),
            phones.out_of_hours.number,
            words(language, "Whenever our office is closed, every day of the year"),
            not hub_answers,
        ),
    )


def hours_words(council: Council, language: str) -> str:
    """The hub's hours in that language: Monday to Friday, 8:30am to 5pm, except bank holidays."""
    hours = council.settings.phones.hours
    return words(language, "%(days)s, %(opens)s to %(closes)s, except bank holidays") % {
        "days": _days(hours.days, language),
        "opens": _time(hours.opens, language),
        "closes": _time(hours.closes, language),
    }


def _days(days: tuple[int, ...], language: str) -> str:
    names = get_day_names("wide", locale=language)
    if len(days) > 1 and days == tuple(range(days[0], days[-1] + 1)):
        return words(language, "%(first)s to %(last)s") % {"first": names[days[0]], "last": names[days[-1]]}
    return ", ".join(names[day] for day in days)


def _time(at: time, language: str) -> str:
    if language == "cy":
        return f"{at:%H:%M}"
    minutes = f":{at:%M}" if at.minute else ""
    return f"{at.hour % NOON or NOON}{minutes}{'am' if at.hour < NOON else 'pm'}"
