"""All that one council owns, table by table, each row as JSON; whatever tables there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Text, cast, func, literal_column, select, text

from portal.kernel import db
from portal.kernel.tables import Base

COUNCIL: Final = "council"
# Codes, sessions and receipts of emails live for minutes or days: nobody takes them along. Who runs this instance is no
# council's to take along, or to bring. The numbers of its reports are worked out again.
FLEETING: Final = frozenset({"one_time_code", "account_session", "instance_operator", "sent_mail", "presence", "tally"})
EXPORTED: Final = "tenants.exported"
AT_ONCE: Final = 500
VERSION = text("select version_num from alembic_version")


def tables() -> list[Table]:
    """The tables with a council's rows, in an order in which they can be filled."""
    return [table for table in Base.metadata.sorted_tables if "tenant_id" in table.columns and _lasts(table)]


def personal_tables() -> list[Table]:
    """What proves who an account is (an authenticator app, recovery codes): it goes along with the account."""
    return [table for table in _shared() if "account_id" in table.columns and _lasts(table)]


def agency_tables() -> list[Table]:
    """What hangs on an agency whichever councils it works with (its domains)."""
    return [table for table in _shared() if "agency_id" in table.columns]


def _shared() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if "tenant_id" not in table.columns]


def _lasts(table: Table) -> bool:
    return table.name not in FLEETING


def links_to(table: Table, target: str) -> list[Column[object]]:
    """The columns of a table that name a row of another."""
    return [key.parent for key in table.foreign_keys if key.column.table.name == target and key.column.name == "id"]


def schema_version() -> str:
    """Which version of the tables this database has."""
    return str(db.session().execute(VERSION).scalar_one())


def rows(table: Table, *where: ColumnElement[bool]) -> Iterator[str]:
    """Rows as JSON objects, one a line, in the order of the table's key; the database sends them a few at a time."""
    alias = table.alias("t")
    query = select(cast(func.row_to_json(literal_column("t")), Text)).select_from(alias).where(*where)
    query = query.order_by(*(alias.c[column.name] for column in table.primary_key.columns))
    for line in db.session().execute(query, execution_options={"yield_per": AT_ONCE}).scalars():
        # A line break in JSON is only ever between two of its parts.
        yield line.replace("\n", " ")


def of_council(table: Table, council_id: UUID) -> Iterator[str]:
    """The council's rows of one of `tables()`."""
    return rows(table, literal_column("t.tenant_id") == council_id)


def of_ids(table: Table, column: str, ids: Iterable[UUID]) -> Iterator[str]:
    """Rows of a table that belongs to no council, by the ids in one of its columns."""
    return rows(table, literal_column(f"t.{column}").in_(sorted(ids)))


def ids_of(council_id: UUID, target: str) -> set[UUID]:
    """The accounts ("account") or agencies ("agency") that the council's rows speak of."""
    found: set[UUID] = set()
    for table in tables():
        for column in links_to(table, target):
            query = select(column).where(table.c.tenant_id == council_id, column.is_not(None)).distinct()
            found.update(UUID(str(one)) for one in db.session().execute(query).scalars())
    return found


class Content:
    """A digest over all rows of a council, as they pass; the record of an export itself is not counted."""

    def __init__(self) -> None:
        self._found = hashlib.sha256()

    def noted(self, name: str, lines: Iterable[str]) -> Iterator[str]:
        """The rows of a part, each counted as it is taken."""
        self._found.update(f"{name}\n".encode())
        for line in lines:
            if f'"event":"{EXPORTED}"' not in line:
                self._found.update(line.encode() + b"\n")
            yield line

    def digest(self) -> str:
        """The digest of what has passed."""
        return self._found.hexdigest()


def content_digest(parts: Iterable[tuple[str, Iterable[str]]]) -> str:
    """The digest over all rows of a council."""
    content = Content()
    for name, lines in parts:
        for _line in content.noted(name, lines):
            pass
    return content.digest()


def own_parts(council_id: UUID) -> Iterator[tuple[str, Iterator[str]]]:
    """The council's own row and its rows of every table, each asked for when its turn comes."""
    council = Base.metadata.tables[COUNCIL]
    yield COUNCIL, rows(council, literal_column("t.id") == council_id)
    for table in tables():
        yield table.name, of_council(table, council_id)


def shared_parts(council_id: UUID) -> Iterator[tuple[str, Iterator[str]]]:
    """The accounts and agencies that the council's rows cannot stand without, and what belongs to those."""
    known = Base.metadata.tables
    agencies, accounts = ids_of(council_id, "agency"), ids_of(council_id, "account")
    yield "account", of_ids(known["account"], "id", accounts)
    for table in personal_tables():
        yield table.name, of_ids(table, "account_id", accounts)
    yield "agency", of_ids(known["agency"], "id", agencies)
    for table in agency_tables():
        yield table.name, of_ids(table, "agency_id", agencies)
