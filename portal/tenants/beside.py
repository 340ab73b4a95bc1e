"""What a council owns outside the database, for the packages that keep it: it goes with the council, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol
from uuid import UUID


class Keeper(Protocol):
    """Keeps things of councils somewhere else. `name` is their part of an archive."""

    name: str

    def lines(self, council_id: UUID) -> Iterator[str]:
        """All that the council owns there, each line a JSON object of at most about a megabyte."""

    def load(self, council_id: UUID, lines: Iterator[str]) -> int:
        """Put back what `lines` gave; how many things. Twice is once."""

    def forget(self, council_id: UUID) -> None:
        """Delete all that the council owns there; what is left over a sweeper finds."""


_keepers: dict[str, Keeper] = {}


def register(keeper: Keeper) -> None:
    """Have a keeper asked whenever a council leaves or returns."""
    _keepers[keeper.name] = keeper


def keepers() -> tuple[Keeper, ...]:
    """All that registered."""
    return tuple(_keepers.values())
