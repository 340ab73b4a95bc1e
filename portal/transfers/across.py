"""The one way from a council to another: in turn, inside the open transaction, as the system, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from portal.kernel import db, scope
from portal.kernel.scope import Council
from portal.tenants import resolve


def others() -> list[Council]:
    """The other councils of the instance, by their names."""
    return [one for one in resolve.everyone() if one.id != scope.council().id]


def other(council_id: UUID) -> Council | None:
    """A council of the instance; None once it has left."""
    return next((one for one in resolve.everyone() if one.id == council_id), None)


@contextmanager
def across(council_id: UUID) -> Iterator[Council]:
    """Do a block in the other council: all it sees is that council's, and of this one nothing.

    Each block is a savepoint: whatever it raises, what it did is undone and the connection is this council's again.
    Raises NotFound for a council that is not on the instance any more.
    """
    council = resolve.by_id(council_id)
    # Rows that wait to be written are this council's: beyond here they would be nobody's.
    db.session().flush()
    with db.session().begin_nested(), db.in_council(council), db.as_system():
        yield council
        db.session().flush()
