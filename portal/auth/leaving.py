"""Who else has something to hand over when somebody leaves: higher packages register. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

# The account that leaves and its agency (None: the council itself).
Count = Callable[[UUID, UUID | None], Mapping[str, int]]
# The same, and the account that takes over (None: nobody, and what the council's people have goes back to where all of
# them find it); in the transaction of the leaving.
Hand = Callable[[UUID, UUID | None, UUID | None], None]
# Chosen instead of a colleague.
NOBODY = "nobody"


@dataclass(frozen=True)
class Handover:
    """What one package counts ("drafts", "reports", "work") and hands over."""

    count: Count
    hand: Hand


_registered: dict[str, Handover] = {}


def register(package: str, handover: Handover) -> None:
    """Say how a package hands over; called when the package's tasks are imported."""
    _registered[package] = handover


def left_by(account_id: UUID, agency_id: UUID | None) -> dict[str, int]:
    """How much of each kind somebody would leave behind."""
    found: dict[str, int] = {}
    for one in _registered.values():
        for kind, number in one.count(account_id, agency_id).items():
            found[kind] = found.get(kind, 0) + number
    return {kind: number for kind, number in found.items() if number}


def hand_over(account_id: UUID, agency_id: UUID | None, heir_id: UUID | None) -> None:
    """Give everything to a colleague, or back."""
    for one in _registered.values():
        one.hand(account_id, agency_id, heir_id)
