"""What the council did before it let somebody look after an agency's people."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import TenantTable, now_column, within_council


class LeadCheck(TenantTable):
    """The council rang the agency, on the number of its register: who answered, and when."""

    __tablename__ = "lead_check"

    membership_id: Mapped[UUID]
    number: Mapped[str]
    answered_by: Mapped[str]
    rang_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("membership_id", "membership"),
        Index("ix_lead_check_membership", "tenant_id", "membership_id"),
    )
