"""What a file is while it is uploaded, looked at and kept; pure."""

from __future__ import annotations

from typing import Final

ARRIVING: Final = "arriving"  # its parts come one by one
CHECKING: Final = "checking"  # complete, and nobody may open it yet
READY: Final = "ready"
HARMFUL: Final = "harmful"  # something harmful is in it: nobody ever opens it
REFUSED: Final = "refused"  # it is not what it says, or of a kind that nobody may add
UNREADABLE: Final = "unreadable"  # what was stored does not open any more
FOUND_LATER: Final = "harmful_later"  # the reason of a harmful file that was ready before: somebody may have opened it
STATES: Final = (ARRIVING, CHECKING, READY, HARMFUL, REFUSED, UNREADABLE)

MOVES: Final = {
    ARRIVING: (CHECKING,),
    CHECKING: (READY, HARMFUL, REFUSED, UNREADABLE),
    # A newer signature finds what an older one missed; an object may be lost.
    READY: (CHECKING, HARMFUL, UNREADABLE),
    HARMFUL: (),
    REFUSED: (),
    # A store that was away and is back.
    UNREADABLE: (CHECKING,),
}


def may_open(state: str) -> bool:
    """Whether its bytes may leave the store for a person."""
    return state == READY


def may_move(was: str, now: str) -> bool:
    """Whether a file in the one state may come into the other."""
    return now in MOVES[was]
