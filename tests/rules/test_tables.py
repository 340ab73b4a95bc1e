"""The metadata: every table says whose it is, keys and links carry the council, nothing loads lazily."""

from __future__ import annotations

import pytest
from sqlalchemy import (
    Column,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ENUM

from portal import models
from portal.kernel.tables import Base, GlobalTable, TenantTable

TABLES = models.metadata


def is_tenant(table: Table) -> bool:
    return "tenant_id" in table.primary_key.columns


def mistakes(metadata: MetaData) -> list[str]:
    found = []
    for table in metadata.sorted_tables:
        if is_tenant(table):
            found += _key_mistakes(table)
        found += [
            f"{table.name}.{column.name} is not leakproof under row-level security"
            for column in table.columns
            if isinstance(column.type, Enum | ENUM | Numeric)
        ]
    return found


def _key_mistakes(table: Table) -> list[str]:
    found = []
    if [column.name for column in table.primary_key.columns] != ["tenant_id", "id"]:
        found.append(f"{table.name}: the key is not (tenant_id, id)")
    for constraint in table.constraints:
        columns = [column.name for column in getattr(constraint, "columns", [])]
        if isinstance(constraint, UniqueConstraint) and columns[:1] != ["tenant_id"]:
            found.append(f"{table.name}: unique {columns} tells of other councils")
        if isinstance(constraint, ForeignKeyConstraint):
            target = constraint.elements[0].column.table
            if is_tenant(target) and columns[:1] != ["tenant_id"]:
                found.append(f"{table.name}: the link {columns} to {target.name} does not carry the council")
    found += [
        f"{table.name}: index {index.name} does not begin with tenant_id"
        for index in table.indexes
        if next(iter(index.columns)).name != "tenant_id"
    ]
    return found


def test_keys_links_and_types() -> None:
    assert mistakes(TABLES) == []


def test_every_table_is_one_of_the_two_kinds() -> None:
    for mapper in Base.registry.mappers:
        kind = mapper.class_
        assert issubclass(kind, TenantTable) != issubclass(kind, GlobalTable), kind.__name__
        if issubclass(kind, GlobalTable):
            assert len(kind.why_global) > 20, kind.__name__


def test_relationships_never_load_lazily() -> None:
    for mapper in Base.registry.mappers:
        for relation in mapper.relationships:
            assert relation.lazy == "raise", f"{mapper.class_.__name__}.{relation.key}"


def test_the_rule_can_fail() -> None:

    bad = MetaData()
    Table("parent", bad, Column("tenant_id", Uuid, primary_key=True), Column("id", Uuid, primary_key=True))
    Table(
        "child",
        bad,
        Column("tenant_id", Uuid, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("parent_id", Uuid, ForeignKey("parent.id")),
        Column("code", String, unique=True),
        Column("price", Numeric),
    )
    text = " ".join(mistakes(bad))
    for part in ("not (tenant_id, id)", "does not carry the council", "tells of other councils", "not leakproof"):
        assert part in text


def test_a_global_table_must_say_why() -> None:
    with pytest.raises(TypeError, match="why_global"):
        type("Silent", (GlobalTable,), {"__tablename__": "silent"})
