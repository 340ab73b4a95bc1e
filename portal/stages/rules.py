"""Which stage a report comes to, when it must be left, and what of its checklist is not done. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from portal.kernel.clock import Hours
from portal.kernel.working_time import NOTHING, after_working_time, working_between
from portal.tenants.own_clocks import OwnClock
from portal.tenants.stage_settings import Item, Stage

# What is done with a report, and how it then comes to a stage.
BY_VERB: Final[Mapping[str, str]] = {"claim": "claimed", "reopen": "claimed", "decide": "decided"}
ENDS: Final = frozenset({"decide", "accept_withdrawal"})
Span = tuple[datetime, datetime]


def by_key(stages: Sequence[Stage], key: str) -> Stage:
    """The stage of that key; one that the council has taken away is called by its key."""
    return next((one for one in stages if one.key == key), Stage(key, {"en": key}))


def first(stages: Sequence[Stage], how: str = "arrival") -> Stage:
    """The stage that a report comes to in that way; the first of all where there is none."""
    return next((one for one in stages if one.entered == how), stages[0])


def entered_with(stages: Sequence[Stage], verb: str, now: str) -> Stage | None:
    """The stage that a report at `now` (its key) comes to by a verb of `referrals.states`; None where it stays.

    Claiming takes a report forward only: one that is further on already stays there. Reopening begins the work anew.
    """
    how = BY_VERB.get(verb)
    if verb == "reopen":
        return first(stages, "claimed")
    found = next((one for one in stages if one.entered == how), None) if how else None
    if found is None or found.key == now:
        return None
    places = {one.key: place for place, one in enumerate(stages)}
    return None if verb == "claim" and places.get(now, -1) >= places[found.key] else found


def due(entered_at: datetime, minutes: int, pauses: Iterable[Span], nation: str, hours: Hours) -> datetime:
    """When so much working time will have passed since, without that in which the report's clock stood still."""
    stood = (working_between(max(begun, entered_at), ended, nation, hours) for begun, ended in pauses)
    return after_working_time(entered_at, timedelta(minutes=minutes) + sum(stood, NOTHING), nation, hours)


def running(clocks: Sequence[OwnClock], route: str) -> tuple[OwnClock, ...]:
    """The council's own clocks that run for reports of a route."""
    return tuple(one for one in clocks if not one.routes or route in one.routes)


def standing(
    one: OwnClock, starts: Mapping[str, datetime | None], ends: Mapping[str, datetime | None]
) -> tuple[datetime | None, datetime | None]:
    """When one of the council's own clocks began and stopped; None for what has not happened, or not since it began."""
    begun, ended = starts.get(one.starts), ends.get(one.until)
    return begun, ended if begun is not None and ended is not None and ended >= begun else None


def over(
    clocks: Iterable[tuple[OwnClock, datetime | None, datetime | None]],
    now: datetime,
    due_of: Callable[[OwnClock, datetime], datetime],
) -> dict[str, tuple[datetime, datetime]]:
    """Of clocks, each with when it began and stopped, those that are over and were not stopped: when each began and was
    due. One that begins with the decision is never late."""
    found = {}
    for one, begun, ended in clocks:
        if one.until and begun is not None and ended is None and (due_at := due_of(one, begun)) < now:
            found[one.key] = begun, due_at
    return found


def missing(stage: Stage, ticked: Collection[str]) -> tuple[Item, ...]:
    """What should be done at the stage, and is not ticked."""
    return tuple(one for one in stage.checklist if one.required and one.key not in ticked)
