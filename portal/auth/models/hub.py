"""People of partner agencies whom the council lets take part in its hub, each singly."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import TenantTable, now_column


class HubMember(TenantTable):
    """Somebody of an agency is a partner in the hub, until `ended_at`; it says nothing of which reports they see."""

    __tablename__ = "hub_member"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime] = now_column()
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("ended_by is null or ended_at is not null", name="end"),
        Index(
            "ix_hub_member_now", "tenant_id", "account_id", "agency_id", unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("ix_hub_member_agency", "tenant_id", "agency_id", postgresql_where=text("ended_at is null")),
    )  # fmt: skip
