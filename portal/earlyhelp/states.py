"""How an offer to an early-help team goes from one state to the next, and with which codes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OFFERED, ACCEPTED, DECLINED, DONE, TAKEN_BACK = "offered", "accepted", "declined", "done", "taken_back"
STATES: Final = (OFFERED, ACCEPTED, DECLINED, DONE, TAKEN_BACK)
# While it is one of these the team reads the report, and no other team is asked.
OPEN: Final = (OFFERED, ACCEPTED)

# A move: the state that it starts from, and the state that it leads to. The last one is the screener's.
MOVES: Final[Mapping[str, tuple[str, str]]] = {
    "accept": (OFFERED, ACCEPTED),
    "decline": (OFFERED, DECLINED),
    "close": (ACCEPTED, DONE),
    "take_back": (OFFERED, TAKEN_BACK),
}
BY_TEAM: Final = ("accept", "decline", "close")

REASONS: Final = ("no_agreement", "below", "above", "already", "elsewhere", "full", "other")
"""Why a team declines: the family does not agree, the need is too low or too high, somebody helps already, another
team is right, there is no room, or something else."""
RESULTS: Final = ("met", "partly", "family_ended", "no_contact", "stepped_up", "moved", "other")
"""How the work of a team ended: needs met, met in part, the family ended it, nobody could be reached, a social worker
is needed, the family moved, or something else."""
STEPPED_UP: Final = "stepped_up"

# Why an offer was taken back: the outcome is another, consent went, or somebody did so.
TAKEN_WHY: Final = ("outcome", "consent", "hand")

# What a decision says of consent, or whoever offers it afterwards: "given" and "overridden" are the decision's own.
OF_DECISION: Final = ("given", "overridden")
SAID_LATER: Final = ("agreed_since", "without")
CONSENTS: Final = (*OF_DECISION, *SAID_LATER)


def after(state: str, move: str) -> str:
    """The state that a move leads to, "" where it cannot start from `state`."""
    before, then = MOVES[move]
    return then if state == before else ""


def codes_of(move: str) -> tuple[str, ...]:
    """The codes that a move asks for; none of a move that asks for nothing."""
    return {"decline": REASONS, "close": RESULTS}.get(move, ())


def consent_for(decided: str, said: str) -> str:
    """On which consent something is handed over: the decision's own where that is enough, else what is `said`; ""
    for neither."""
    if decided in OF_DECISION:
        return decided
    return said if said in SAID_LATER else ""


def needs_screener(state: str, result: str, *, settled: bool) -> bool:
    """Whether somebody of the front door has to act: a team declined, or found that a social worker is needed."""
    return not settled and (state == DECLINED or (state == DONE and result == STEPPED_UP))
