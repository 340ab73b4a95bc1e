"""The states of a transfer as data, and how old a child is without saying it exactly: pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from portal.kernel import clock
from portal.referrals.projecting import ChildFacts

OUT, IN = SIDES = ("out", "in")
PROPOSED, OFFERED = "proposed", "offered"
ACCEPTED, DECLINED, SENT_BACK, TAKEN_BACK, WITHDRAWN, OVERTAKEN = (
    "accepted", "declined", "sent_back", "taken_back", "withdrawn", "overtaken",
)  # fmt: skip
OPEN: Final = (PROPOSED, OFFERED)
STATES: Final = (*OPEN, ACCEPTED, DECLINED, SENT_BACK, TAKEN_BACK, WITHDRAWN, OVERTAKEN)
AGES: Final = ("unborn", "under_1", "1_to_4", "5_to_9", "10_to_15", "16_or_more", "not_known")
# The first age that is not in the band any more.
_UNTIL: Final = ((1, "under_1"), (5, "1_to_4"), (10, "5_to_9"), (16, "10_to_15"))


def age(child: ChildFacts, today: date) -> str:
    """In which of AGES a child is on that day."""
    if child.unborn:
        return "unborn"
    years = clock.age_on(child.born_on, today) if child.born_on and child.born_on <= today else child.age_years
    if years is None:
        return "not_known"
    return next((band for until, band in _UNTIL if years < until), "16_or_more")


def youngest(children: Iterable[ChildFacts], today: date) -> str:
    """The age of the youngest child of which one is known."""
    found = {age(child, today) for child in children}
    return next((band for band in AGES if band in found), "not_known")
