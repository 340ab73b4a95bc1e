"""The legal moves of a report, as data: pure, and read by every command that changes a state."""

from __future__ import annotations

from collections.abc import Mapping

STATES = ("draft", "sent", "screening", "asked", "answered", "decided", "withdrawn")
OPEN = frozenset({"sent", "screening", "asked", "answered"})

BEGUN = OPEN - {"sent"}
CLOSED = frozenset({"decided", "withdrawn"})

# verb -> (states it may start from, state it leads to)
MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "send": (frozenset({"draft"}), "sent"),
    "claim": (frozenset({"sent", "answered"}), "screening"),
    "release": (frozenset({"screening", "asked", "answered"}), "sent"),
    "ask": (frozenset({"screening", "asked", "answered"}), "asked"),
    "reply": (frozenset({"asked", "answered"}), "answered"),
    "decide": (frozenset({"screening", "asked", "answered"}), "decided"),
    "withdraw": (frozenset({"sent"}), "withdrawn"),
    # Once somebody at the council has begun, the author asks and the council answers.
    "accept_withdrawal": (frozenset({"screening", "asked", "answered"}), "withdrawn"),
    "reopen": (frozenset({"decided", "withdrawn"}), "screening"),
}


def may(verb: str, state: str) -> bool:
    """Whether the verb may act on a report in that state; an unknown verb is a programming mistake."""
    return state in MOVES[verb][0]


def after(verb: str, state: str) -> str:
    """The state after the verb; raises ValueError when the move is not legal."""
    if not may(verb, state):
        raise ValueError(f"{verb} is not possible from {state}")
    return MOVES[verb][1]
