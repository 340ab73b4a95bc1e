"""What higher packages do with a decision, in the transaction that records it: hand it over, begin what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from portal.kernel.scope import Actor
from portal.referrals.queries.record import Found

Follow = Callable[[Actor, Found, UUID], None]

_FOLLOWERS: list[Follow] = []


def add(follow: Follow) -> None:
    """Call `follow(actor, found, decision_id)` once for every decision and every correction of one.

    `found` is the report as it was read before the decision. What `follow` raises undoes the decision, so it only
    writes rows and enqueues jobs: nothing outside may be asked here.
    """
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


def decided(actor: Actor, found: Found, decision_id: UUID) -> None:
    """Tell everybody who registered that a decision was recorded."""
    for follow in _FOLLOWERS:
        follow(actor, found, decision_id)
