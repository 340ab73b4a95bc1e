"""Where a report was among the stages of its council's work, and what was ticked of their checklists."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council
from portal.tenants.stage_settings import ENTERED


class StageVisit(TenantTable):
    """A report's time at one stage; a new stage is a new row, and a report is at one at a time.

    `minutes` is the working time that the council gave when the report came there, `due_at` when that is over with the
    calendar and the pauses of now. What is there once it is left: `worked` (minutes), and the codes of what should have
    been done.
    """

    __tablename__ = "stage_visit"

    referral_id: Mapped[UUID]
    stage: Mapped[str]
    how: Mapped[str]
    entered_at: Mapped[datetime] = now_column()
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    minutes: Mapped[int | None]
    due_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    worked: Mapped[int | None]
    undone: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"))

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("how", ENTERED), name="how"),
        CheckConstraint("(left_at is null) = (worked is null)", name="left"),
        CheckConstraint("(minutes is null) = (due_at is null)", name="clock"),
        Index("ix_stage_visit_referral", "tenant_id", "referral_id", "entered_at"),
        Index("ix_stage_visit_open", "tenant_id", "referral_id", unique=True, postgresql_where=text("left_at is null")),
    )


class StageTick(TenantTable):
    """A line of a checklist that somebody ticked, and who took that back."""

    __tablename__ = "stage_tick"

    referral_id: Mapped[UUID]
    stage: Mapped[str]
    item: Mapped[str]
    ticked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ticked_at: Mapped[datetime] = now_column()
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint("(undone_at is null) = (undone_by is null)", name="undone"),
        Index(
            "ix_stage_tick_now", "tenant_id", "referral_id", "stage", "item", unique=True,
            postgresql_where=text("undone_at is null"),
        ),
    )  # fmt: skip
