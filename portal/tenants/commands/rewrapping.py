"""Another root key: what an earlier one wrapped is wrapped with it, a few at a time; killed anywhere, it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, RowMapping, Table, func, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.auth import envelope
from portal.kernel import db, ring, scope
from portal.kernel.scope import Council, Scope
from portal.kernel.tables import Base
from portal.tenants import vault
from portal.tenants.commands.rotating import BY_ROOT, COLUMN

BATCH: Final = 200
COUNCIL_KEYS: Final = "council_key"


class Wrapped(NamedTuple):
    """A column of keys that the root key wraps."""

    table: Table
    column: Column[Any]

    def rows(self) -> tuple[ColumnElement[Any], ...]:
        """Which of its rows belong to the scope; a code, an app and an operator belong to no council."""
        here = (self.column.is_not(None),)
        return (*here, self.table.c.tenant_id == scope.council_id()) if self.of_council else here

    @property
    def of_council(self) -> bool:
        """Whether a council owns the rows."""
        return "tenant_id" in self.table.primary_key.columns

    def place(self, row: RowMapping) -> bytes:
        """Where the key of a row stands."""
        if self.table.name == COUNCIL_KEYS:
            return vault.place_of_key(row["tenant_id"], row["version"])
        return envelope.place_of_key(self.table.name, row["id" if "id" in row else "account_id"])


def wrapped_columns() -> list[Wrapped]:
    """Every column of keys that the root key wraps, councils' keys first."""
    tables = Base.metadata.tables
    by_root = [
        table
        for table in Base.metadata.sorted_tables
        if COLUMN in table.columns and (table.name in BY_ROOT or "tenant_id" not in table.columns)
    ]
    keys = tables[COUNCIL_KEYS]
    return [Wrapped(keys, keys.c.wrapped), *(Wrapped(table, table.c[COLUMN]) for table in by_root)]


def rewrap(councils: Sequence[Council]) -> int:
    """Wrap everything anew that another root key wraps than the current one; how many keys were.

    Each batch is a transaction of its own. At any moment a key is wrapped with the one or the other, and both open.
    Raises kernel.ring.UnknownKey when something needs a root key that the settings lack.
    """
    changed = 0
    for here in _scopes(councils):
        for wrapped in wrapped_columns():
            if wrapped.of_council == (here.council is not None):
                changed += _all_of(here, wrapped)
    return changed


def remaining(councils: Sequence[Council]) -> Counter[str]:
    """How many keys each root key still wraps, the current one left out; "" stands for those that name none."""
    found: Counter[str] = Counter()
    for here in _scopes(councils):
        with db.unit_of_work(here) as session:
            for wrapped in wrapped_columns():
                if wrapped.of_council != (here.council is not None):
                    continue
                mark = _mark(wrapped)
                query = select(mark, func.count()).where(*wrapped.rows(), _behind(wrapped)).group_by(mark)
                for begins, count in session.execute(query):
                    found[ring.named(bytes(begins))] += count
    return found


def _scopes(councils: Sequence[Council]) -> Iterator[Scope]:
    for council in councils:
        yield Scope(council, scope.SYSTEM)
    yield Scope(None, scope.SYSTEM)


def _mark(wrapped: Wrapped) -> ColumnElement[Any]:
    return func.substring(wrapped.column, 1, ring.MARK_BYTES)


def _behind(wrapped: Wrapped) -> ColumnElement[bool]:
    return _mark(wrapped) != ring.held().mark


def _all_of(here: Scope, wrapped: Wrapped) -> int:
    changed = 0
    while some := _batch(here, wrapped):
        changed += some
    return changed


def _batch(here: Scope, wrapped: Wrapped) -> int:
    """One transaction. A row that somebody holds at this moment is passed over: `remaining` tells of it."""
    table, key, keys = wrapped.table, wrapped.column, list(wrapped.table.primary_key.columns)
    with db.unit_of_work(here) as session:
        query = select(table).where(*wrapped.rows(), _behind(wrapped)).order_by(*keys).limit(BATCH)
        found = session.execute(query.with_for_update(skip_locked=True)).mappings().all()
        for row in found:
            this = [column == row[column.name] for column in keys]
            anew = _anew(bytes(row[key.name]), wrapped.place(row))
            session.execute(update(table).where(*this).values({key.name: anew}))
        if found:
            events.record(Event.ROOT_KEY_CHANGED, key=ring.held().name, table=table.name, count=len(found))
    return len(found)


def _anew(blob: bytes, where: bytes) -> bytes:
    held = ring.held()
    return held.seal(held.open(blob, where), where)
