"""What follows from the verdict over a file, for the packages that know what it hangs on; they register at start-up."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Follow = Callable[[UUID, str], None]

_following: list[Follow] = []


def register(follow: Follow) -> None:
    """Have a function called with a file's id and its new state, in the transaction of the verdict."""
    if follow not in _following:
        _following.append(follow)


def follow(file_id: UUID, state: str) -> None:
    """Call all that registered."""
    for one in _following:
        one(file_id, state)
