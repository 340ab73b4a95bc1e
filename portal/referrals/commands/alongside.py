"""What higher packages do when a report moves, or when its clock is counted anew, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from portal.kernel.scope import Actor, Council
from portal.referrals.queries.record import Found

Moved = Callable[[Actor, Found, str], None]
Recounted = Callable[[Council, Sequence[UUID]], None]
Calendar = Callable[[Council], None]

_MOVED: list[Moved] = []
_RECOUNTED: list[Recounted] = []
_CALENDAR: list[Calendar] = []


def on_move(follow: Moved) -> None:
    """Call `follow(actor, found, verb)` after each move of a report; `found` is the report as it was before."""
    if follow not in _MOVED:
        _MOVED.append(follow)


def on_recount(follow: Recounted) -> None:
    """Call `follow(council, report_ids)` when a pause of these reports' clocks ended, or the calendar changed."""
    if follow not in _RECOUNTED:
        _RECOUNTED.append(follow)


def on_calendar(follow: Calendar) -> None:
    """Call `follow(council)` when everything that is due by the council's calendar is counted anew."""
    if follow not in _CALENDAR:
        _CALENDAR.append(follow)


def moved(actor: Actor, found: Found, verb: str) -> None:
    """Tell everybody who registered that a report was moved."""
    for follow in _MOVED:
        follow(actor, found, verb)


def recounted(council: Council, report_ids: Sequence[UUID]) -> None:
    """Tell everybody who registered that these reports' clocks are counted anew."""
    for follow in _RECOUNTED:
        follow(council, report_ids)


def calendar_changed(council: Council) -> None:
    """Tell everybody who registered that the council's calendar may have changed."""
    for follow in _CALENDAR:
        follow(council)
