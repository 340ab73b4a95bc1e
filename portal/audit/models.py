"""The audit trail: append-only; the application's role may insert and read, nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable


class AuditEvent(GlobalTable):
    """One thing that happened. A refused sign-in at instance level has no council."""

    __tablename__ = "audit_event"
    why_global = (
        "an event may happen before a council is known (a refused sign-in); rows that have a council are "
        "under the same row-level security as a tenant table"
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("council.id"))
    at: Mapped[datetime]
    event: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str]
    agency_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        Index("ix_audit_event_subject", "tenant_id", "subject_id", "at"),
        Index("ix_audit_event_at", "tenant_id", "at"),
    )
