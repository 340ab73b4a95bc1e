"""When a report's clock did not run."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council

PAUSED_FOR = ("question",)
PAUSE_ENDS = ("answered", "decided", "withdrawn", "released", "urgent", "switched_off")


class ClockPause(TenantTable):
    """A time in which the clock of a report stood still, why, and what set it going again."""

    __tablename__ = "clock_pause"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    why: Mapped[str]
    begun_at: Mapped[datetime] = now_column()
    ended_at: Mapped[datetime | None]
    ended: Mapped[str | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("why", PAUSED_FOR), name="why"),
        CheckConstraint(one_of("ended", PAUSE_ENDS), name="ended"),
        CheckConstraint("(ended_at is null) = (ended is null)", name="end"),
        Index("ix_clock_pause_referral", "tenant_id", "referral_id", "begun_at"),
        Index(
            "ix_clock_pause_open", "tenant_id", "referral_id", unique=True, postgresql_where=text("ended_at is null")
        ),
    )
