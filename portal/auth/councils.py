"""Which councils there are. They are kept above this package, which is told how to ask. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portal.kernel.scope import Council

_ask: list[Callable[[], Sequence[Council]]] = []


def register(ask: Callable[[], Sequence[Council]]) -> None:
    """Say how to find them; called as the package that keeps them is imported."""
    _ask[:] = [ask]


def everyone() -> Sequence[Council]:
    """All councils of the instance."""
    return [council for ask in _ask for council in ask()]
