"""Which councils there are. They are kept above this package, which is told how to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from portal.kernel import db, scope
from portal.kernel.scope import Council

_ask: list[Callable[[], Sequence[Council]]] = []


def register(ask: Callable[[], Sequence[Council]]) -> None:
    """Say how to find them; called as the package that keeps them is imported."""
    _ask[:] = [ask]


def everyone() -> Sequence[Council]:
    """All councils of the instance."""
    return [council for ask in _ask for council in ask()]


@contextmanager
def within(council: Council) -> Iterator[None]:
    """Within the open transaction, act as the system in another council: what one person's account has to do with
    several is written for all of them or for none."""
    db.session().flush()
    with scope.within(scope.Scope(council, scope.SYSTEM)):
        db.scope_changed()
        yield
        db.session().flush()
    db.scope_changed()
