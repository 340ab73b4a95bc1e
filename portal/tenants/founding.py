"""What packages above this one add to a council that is made in the portal: they register what gives it its forms."""

from __future__ import annotations

from collections.abc import Callable

from portal.kernel.scope import Council

Giver = Callable[[Council], None]
_givers: dict[str, Giver] = {}


def register(name: str, giver: Giver) -> None:
    """Have `giver` called for every new council, in its scope and transaction; the same name again replaces it."""
    _givers[name] = giver


def give(council: Council) -> None:
    """Give the new council everything that was registered."""
    for giver in _givers.values():
        giver(council)
