"""How a report stands with its clock at one moment: the light, the time left, the time since it came. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.kernel.scope import Council
from portal.kernel.working_time import after_working_time, working_between
from portal.referrals.deadlines import URGENT_RANK
from portal.tenants.opening import hours_of

IN_TIME, SOON, OVERDUE, PAUSED = "in_time", "soon", "overdue", "paused"


@dataclass(frozen=True)
class Light:
    """One report's clock. `left` is what is left, or by how much it is late; with `working` it counts working time
    only, because the office closes before then."""

    state: str
    left: timedelta
    working: bool = False


@dataclass(frozen=True)
class Age:
    """How long ago a report came, and how much of that the office worked."""

    elapsed: timedelta
    working: timedelta


class Clocks:
    """The clocks of a council's reports at one moment; a list makes it once for all its lines."""

    def __init__(self, council: Council, now: datetime) -> None:
        self.now = now
        self._nation, self._hours = council.nation, hours_of(council)
        clock = council.settings.clock
        self._soon = after_working_time(now, timedelta(hours=clock.amber_hours), self._nation, self._hours)
        self._soon_urgent = now + timedelta(minutes=clock.amber_minutes)

    @property
    def day(self) -> timedelta:
        """How long the office works on a day."""
        opens, closes = (timedelta(hours=at.hour, minutes=at.minute) for at in (self._hours.opens, self._hours.closes))
        return closes - opens

    def light(self, urgency: int, due_at: datetime, paused_at: datetime | None = None) -> Light:
        """Urgent reports have hours that pass day and night, any other the working time until it is due. One that is
        late when its clock is stopped stays late; any other has then what was left."""
        if paused_at is not None and paused_at <= due_at:
            return Light(PAUSED, self._worked(paused_at, due_at), working=True)
        if due_at < self.now:
            return Light(OVERDUE, self.now - due_at)
        passes = due_at - self.now
        if urgency >= URGENT_RANK:
            return Light(SOON if due_at <= self._soon_urgent else IN_TIME, passes)
        left = self._worked(self.now, due_at)
        return Light(SOON if due_at <= self._soon else IN_TIME, left, working=left < passes)

    def age(self, sent_at: datetime) -> Age:
        """How long ago it was sent."""
        return Age(max(self.now - sent_at, timedelta(0)), self._worked(sent_at, self.now))

    def _worked(self, start: datetime, end: datetime) -> timedelta:
        return working_between(start, end, self._nation, self._hours)
