"""Brings a council back from its archive, with the same ids, its keys wrapped with this instance's root key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Table, select, text
from sqlalchemy.exc import IntegrityError

from portal.audit import events
from portal.audit.events import Event
from portal.kernel import db, scope
from portal.kernel.scope import Council, Scope
from portal.kernel.tables import Base
from portal.tenants import archive, beside, wrapping
from portal.tenants.archive import Archive, BadArchive
from portal.tenants.commands.leaving import PATIENCE
from portal.tenants.models import CouncilRow
from portal.tenants.queries import owned

AT_ONCE = 500


class Occupied(Exception):
    """The council, or a row in the way of its own, is here already; the message says which."""


@dataclass(frozen=True)
class Restored:
    """What was brought back."""

    slug: str
    hash: str
    rows: dict[str, int]


def restore(source: Path, secret: bytes, verifier: Ed25519PublicKey) -> Restored:
    """Verify, open and load an archive in one transaction.

    Accounts and agencies that are here already (with the same id) stay as they are. Raises BadArchive for a file that
    is not to be trusted, and Occupied when the slug, the council or one of its rows is here.
    """
    found, key = archive.read(source, secret, verifier)
    about = found.about
    council = Council(about.council_id, about.slug, {}, "", ())
    hash_ = archive.digest_of(source)
    with db.unit_of_work(Scope(council, scope.SYSTEM)) as session:
        session.execute(PATIENCE)
        _must_fit(found)
        try:
            rows = _load(found, key)
            for keeper in beside.keepers():
                rows[keeper.name] = keeper.load(about.council_id, found.lines(keeper.name))
            events.record(Event.COUNCIL_RESTORED, about.council_id, hash=hash_)
            session.flush()
        except IntegrityError as error:
            # The driver's words would name a value of somebody's row.
            constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "")
            raise Occupied(f"a row of this instance is in its way ({constraint})") from None
    return Restored(about.slug, hash_, rows)


def _must_fit(found: Archive) -> None:
    here = owned.schema_version()
    if found.about.schema != here:
        raise BadArchive(f"it was taken from version {found.about.schema} of the tables; this database has {here}")
    expected = {owned.COUNCIL, "account", "agency", *(table.name for table in _tables_of_parts())}
    expected |= {keeper.name for keeper in beside.keepers()}
    if set(found.rows) != expected:
        raise BadArchive("its parts are not those of this version")
    same = select(CouncilRow.id).where(
        (CouncilRow.slug == found.about.slug) | (CouncilRow.id == found.about.council_id)
    )
    if db.session().execute(same).first():
        raise Occupied("the council is here already")


def _tables_of_parts() -> list[Table]:
    return [*owned.personal_tables(), *owned.agency_tables(), *owned.tables()]


def _load(found: Archive, key: bytes) -> dict[str, int]:
    done = {}
    kept = {name: _known(name, found.lines(name)) for name in ("account", "agency")}
    shared = {table.name: "account_id" for table in owned.personal_tables()}
    shared |= {table.name: "agency_id" for table in owned.agency_tables()}
    for table in Base.metadata.sorted_tables:
        if table.name not in found.rows:
            continue
        lines = found.lines(table.name)
        if table.name in kept:
            lines = _without(lines, "id", kept[table.name])
        elif column := shared.get(table.name):
            lines = _without(lines, column, kept[column.removesuffix("_id")])
        if "tenant_id" not in table.columns:
            lines = _all_without_neighbours(table, lines, found.about.council_id)
        done[table.name] = _insert(table.name, wrapping.from_archive(table.name, lines, key))
    return done


def _without(lines: Iterable[str], column: str, kept: set[str]) -> Iterator[str]:
    return (line for line in lines if _value(line, column) not in kept)


def _all_without_neighbours(table: Table, lines: Iterable[str], council_id: UUID) -> Iterator[str]:
    return (_without_neighbours(table, line, council_id) for line in lines)


def _known(name: str, lines: Iterable[str]) -> set[str]:
    """The ids of a part that are in this instance already."""
    table = Base.metadata.tables[name]
    ids = [UUID(_value(line, "id")) for line in lines]
    return {str(one) for one in db.session().execute(select(table.c.id).where(table.c.id.in_(ids))).scalars()}


def _value(line: str, column: str) -> str:
    return str(json.loads(line)[column])


def _without_neighbours(table: Table, line: str, council_id: UUID) -> str:
    """A shared row as it may stand here: looked after by another council, which this instance may not have, it is the
    operator's."""
    others = [column.name for column in owned.links_to(table, owned.COUNCIL)]
    row = json.loads(line) if others else {}
    cleared = {name: None for name in others if row.get(name) not in (None, str(council_id))}
    return json.dumps(row | cleared, ensure_ascii=False) if cleared else line


def _insert(name: str, lines: Iterable[str]) -> int:
    # What the database works out itself is not told to it.
    columns = ", ".join(one.name for one in Base.metadata.tables[name].columns if one.computed is None)
    source = f"json_populate_recordset(null::{name}, cast(:rows as json))"
    statement = text(f"insert into {name} ({columns}) select {columns} from {source}")
    number = 0
    for some in _batches(lines):
        db.session().execute(statement, {"rows": f"[{','.join(some)}]"})
        number += len(some)
    return number


def _batches(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(lines)
    while some := tuple(islice(rest, AT_ONCE)):
        yield some
