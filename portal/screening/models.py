"""Decisions: the outcome a screener recorded, why, and what the referrer was told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council
from portal.referrals.models import ROUTES


class Decision(TenantTable):
    """One decision on a report; rationale (council only) and the words for the referrer are encrypted.

    `route` is the screener's own: the report keeps the one that the rules chose.
    """

    __tablename__ = "decision"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    outcome: Mapped[str]
    route: Mapped[str]
    rationale: Mapped[bytes]
    told: Mapped[bytes]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = now_column()
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id"),
        CheckConstraint(one_of("route", ROUTES), name="route"),
    )
