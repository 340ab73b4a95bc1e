"""The council's timeline tells everything that it has words for."""

from __future__ import annotations

from portal.audit.events import Event
from portal.referrals.queries.timeline import COUNCIL_EVENTS
from portal.screening.presenting import EVENT_WORDS


def test_what_there_are_words_for_is_told() -> None:
    # Of readings the first is told, which the query sees to by itself.
    assert set(EVENT_WORDS) - {Event.REFERRAL_READ} <= set(COUNCIL_EVENTS)


def test_everything_that_is_told_has_words() -> None:
    # That it was sent has words of its own, by how it came.
    assert set(COUNCIL_EVENTS) - {Event.REFERRAL_SENT} <= set(EVENT_WORDS)
