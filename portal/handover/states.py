"""What a parcel for the case system is on its way, and how long it waits between tries; pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

WAITING: Final = "waiting"
SENDING: Final = "sending"
DELIVERED: Final = "delivered"
REFUSED: Final = "refused"
GIVEN_UP: Final = "given_up"
# A later decision took its place before it arrived.
SUPERSEDED: Final = "superseded"
STATES: Final = (WAITING, SENDING, DELIVERED, REFUSED, GIVEN_UP, SUPERSEDED)
UNDELIVERED: Final = (WAITING, SENDING, REFUSED, GIVEN_UP)
FAILED: Final = (REFUSED, GIVEN_UP)
"""Nothing more happens by itself: a person must act."""

EVENTS: Final = ("decided", "corrected", "files")
FILES: Final = "files"
"""The same decision again, with files that came, or were still being checked, when it went before."""
COPIED: Final = "copied"
WAYS: Final = (COPIED, "push", "sftp")
"""How a parcel arrived: by hand, or by which adapter."""

DECLINED: Final = (
    "unauthorised", "not_found", "too_large", "bad_request", "host_key", "no_space", "no_secret", "other",
)  # fmt: skip
"""Why a case system refused, in codes."""
TOLD: Final = "told"
UNAVAILABLE: Final = "unavailable"
BROKEN: Final = "broken"
OUTCOMES: Final = (DELIVERED, TOLD, UNAVAILABLE, BROKEN, *DECLINED)
"""How a try ended; `told`: it knows of the parcel and will collect it; `broken`: a part of it could not be made."""

LEASE: Final = timedelta(minutes=10)
"""Longer than any delivery takes: whoever had it and says nothing until then was killed."""
COLLECT_WITHIN: Final = timedelta(minutes=15)
GIVE_UP_AFTER: Final = timedelta(hours=24)
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)
_MOST_DOUBLINGS: Final = 9


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: a minute, then twice as long each time, six hours at most."""
    doubled: timedelta = _FIRST_WAIT * 2 ** min(max(tries - 1, 0), _MOST_DOUBLINGS)
    return min(doubled, _LONGEST_WAIT)
