"""A council and its keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable, TenantTable, now_column


class CouncilRow(GlobalTable):
    """A council that this instance serves; its settings are a council's own words and numbers."""

    __tablename__ = "council"
    why_global = "the council must be found from the address before any tenant is set"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    slug: Mapped[str] = mapped_column(unique=True)
    nation: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    folder_hash: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[datetime] = now_column()

    __table_args__ = (CheckConstraint("nation in ('wales', 'england')", name="nation"),)


class CouncilKey(TenantTable):
    """A council's key, wrapped with the root key; destroying it shreds all that the council owns."""

    __tablename__ = "council_key"

    version: Mapped[int]
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "version"),)
