"""A report's clock in words, in the reader's language; the words alone say everything that the colour does."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.kernel import scope
from portal.screening.clocks import IN_TIME, OVERDUE, PAUSED, SOON, Age, Clocks, Light
from portal.screening.presenting import HOUR, Badge, _, length_words, ngettext

COLOURS = {IN_TIME: "green", SOON: "yellow", OVERDUE: "red", PAUSED: "grey"}


class ClockView:
    """What a page says of the clocks of the reports on it, all at one moment."""

    def __init__(self, now: datetime) -> None:
        council = scope.council()
        self._clocks = Clocks(council, now)

    def light(self, urgency: int, due_at: datetime, paused_at: datetime | None) -> Badge:
        """The light of an open report, as a tag."""
        return light_badge(self._clocks.light(urgency, due_at, paused_at), self._clocks.day)

    def age(self, sent_at: datetime) -> str:
        """How long ago a report came, in elapsed and in working time."""
        return age_words(self._clocks.age(sent_at), self._clocks.day)


def light_badge(light: Light, day: timedelta) -> Badge:
    """The time that is left ("5 hours left", "Due soon: 40 minutes left") or by how much it is late; `day` is how long
    the office works on one."""
    length = working_words(light.left, day) if light.working else length_words(light.left)
    if light.state == OVERDUE:
        words = _("Overdue by %(length)s", length=length)
    elif light.state == PAUSED:
        words = _("Paused: %(length)s left", length=length)
    elif light.state == SOON:
        words = _("Due soon: %(length)s left", length=length)
    else:
        words = _("%(length)s left", length=length)
    return Badge(words, COLOURS[light.state])


def working_words(length: timedelta, day: timedelta) -> str:
    """Working time in its largest whole unit: minutes up to an hour, hours up to two days, then days."""
    if length < HOUR:
        return ngettext("%(num)s working minute", "%(num)s working minutes", max(0, int(length / timedelta(minutes=1))))
    if length < 2 * day:
        return ngettext("%(num)s working hour", "%(num)s working hours", int(length / HOUR))
    return ngettext("%(num)s working day", "%(num)s working days", int(length / day))


def age_words(age: Age, day: timedelta) -> str:
    """How long ago it came, and in brackets how much of that the office worked: "2 days (9 working hours)"."""
    return f"{length_words(age.elapsed)} ({working_words(age.working, day)})"
