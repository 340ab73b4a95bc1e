"""An urgent report of which the council's people on duty must know at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import TenantTable, now_column, within_council


class DutyAlert(TenantTable):
    """That the people on duty were alerted to a report, who acknowledged it, and when the managers were told because
    nobody had."""

    __tablename__ = "duty_alert"

    referral_id: Mapped[UUID]
    raised_at: Mapped[datetime] = now_column()
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    escalated_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id"),
        CheckConstraint("(acknowledged_at is null) = (acknowledged_by is null)", name="acknowledged"),
        Index("ix_duty_alert_open", "tenant_id", "raised_at", postgresql_where=text("acknowledged_at is null")),
    )
