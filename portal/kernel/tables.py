"""The two kinds of table: a council's (keyed by tenant first) and the few that belong to no council."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, MetaData, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Base(DeclarativeBase):
    """All tables; timestamps are with time zone."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}


class TenantTable(Base):
    """A council's rows: key (tenant_id, id), row-level security enabled and forced by its migration."""

    __abstract__ = True
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("council.id"), primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-1)


class GlobalTable(Base):
    """Rows that belong to no council; `why_global` must say why they may."""

    __abstract__ = True
    why_global: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if not cls.__dict__.get("__abstract__") and not cls.why_global:
            raise TypeError(f"{cls.__name__} must say in why_global why it belongs to no council")
        super().__init_subclass__(**kwargs)


def now_column() -> Mapped[datetime]:
    """A timestamp that the database sets when the row is made."""
    return mapped_column(server_default=func.now())


def within_council(column: str, parent: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key between two tenant tables; it carries tenant_id, because checks ignore RLS."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{parent}.tenant_id", f"{parent}.id"], ondelete=ondelete)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The text of a CHECK: text with a CHECK is leakproof under RLS, an enum is not."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"
