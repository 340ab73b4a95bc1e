"""What higher packages do with a correction, in the transaction that makes it: what was told elsewhere follows it."""

from __future__ import annotations

from collections.abc import Callable

from portal.kernel.scope import Actor
from portal.referrals.queries.record import Found

Follow = Callable[[Actor, Found], None]

_FOLLOWERS: list[Follow] = []


def add(follow: Follow) -> None:
    """Call `follow(actor, found)` once for every correction, as it is written; what it raises undoes the correction."""
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


def follow(actor: Actor, found: Found) -> None:
    """Tell everybody who registered that an answer was corrected."""
    for one in _FOLLOWERS:
        one(actor, found)
