"""A new key for a council: every record's key is wrapped with it, a few at a time; killed anywhere, it goes on."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Table, func, insert, select, update

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council, Scope
from portal.kernel.tables import Base
from portal.tenants import vault
from portal.tenants.models import CouncilKey

BATCH: Final = 200
# Wrapped with the root key instead (auth/envelope.py): the council's key has no part in them.
BY_ROOT: Final = frozenset({"invitation", "one_time_code", "sign_on_secret"})
COLUMN: Final = "wrapped_key"


def wrapped_tables() -> list[Table]:
    """The tables whose records have a key of their own under their council's."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if COLUMN in table.columns and "tenant_id" in table.columns and table.name not in BY_ROOT
    ]


def rotate(council: Council) -> tuple[int, int]:
    """Wrap every record's key of a council with a new council key; its version, and how many records were changed.

    A run that was cut off is finished first, with the key that it made: then no further key is made. Each batch is a
    transaction of its own, and a record that somebody shreds or adds meanwhile is theirs.
    """
    here = Scope(council, scope.SYSTEM)
    version = _unfinished(here) or _begin(here)
    changed = sum(_rotated(here, table, version) for table in wrapped_tables())
    return version, changed


def _unfinished(here: Scope) -> int:
    """The newest version, if there are records that an older one wraps; else 0."""
    with db.unit_of_work(here):
        newest = _newest()
        behind = any(_behind(table, newest, 1) for table in wrapped_tables())
    return newest if behind and newest > 1 else 0


def _newest() -> int:
    query = select(func.max(CouncilKey.version)).where(CouncilKey.tenant_id == scope.council_id())
    return int(db.session().execute(query).scalar_one())


def _begin(here: Scope) -> int:
    with db.unit_of_work(here) as session:
        version = _newest() + 1
        council_id = scope.council_id()
        session.execute(
            insert(CouncilKey).values(
                tenant_id=council_id,
                id=uuid4(),
                version=version,
                wrapped=vault.new_council_key(council_id, version),
                created_at=clock.now(),
            )
        )
        events.record(Event.KEY_ROTATED, council_id, version=version)
    vault.forget()
    return version


def _rotated(here: Scope, table: Table, version: int) -> int:
    changed = 0
    while some := _batch(here, table, version):
        changed += some
    return changed


def _batch(here: Scope, table: Table, version: int) -> int:
    with db.unit_of_work(here) as session:
        found = _behind(table, version, BATCH)
        for row_id, wrapped in found:
            key = table.c[COLUMN]
            this = (table.c.tenant_id == scope.council_id(), table.c.id == row_id, key == wrapped)
            session.execute(
                update(table).where(*this).values({COLUMN: vault.wrapped_again(wrapped, table.name, row_id)})
            )
    return len(found)


def _behind(table: Table, version: int, most: int) -> list[tuple[UUID, bytes]]:
    """Records whose key another version wraps: a wrapped key begins with its version in four bytes."""
    query = (
        select(table.c.id, table.c[COLUMN])
        .where(
            table.c.tenant_id == scope.council_id(),
            func.substring(table.c[COLUMN], 1, vault.VERSION_BYTES) != vault.version_mark(version),
        )
        .order_by(table.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [(row[0], bytes(row[1])) for row in db.session().execute(query)]
