"""Challenges of decisions: each row is one level, raised by somebody of the agency and answered by the council."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council

ANSWERS = ("upheld", "changed")
ENDS = ("accepted", "taken_on", "withdrawn")


class Challenge(TenantTable):
    """One level of a challenge; the words of both sides are sealed with the report's key.

    `level_name` is what the council called the level when it was reached, in its languages; None where that is not
    known any more. It waits for the council while `answered_at` is empty, then for the agency while `ended_at` is.
    """

    __tablename__ = "challenge"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    decision_id: Mapped[UUID]
    level: Mapped[int]
    level_name: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    raised_at: Mapped[datetime] = now_column()
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    said: Mapped[bytes]
    once: Mapped[UUID]
    answer: Mapped[str | None]
    reply: Mapped[bytes | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    ended: Mapped[str | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("decision_id", "decision", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        CheckConstraint("level >= 1", name="level"),
        CheckConstraint(one_of("answer", ANSWERS), name="answer"),
        CheckConstraint(one_of("ended", ENDS), name="ended"),
        CheckConstraint(
            "(answered_at is null) = (answer is null) and (answered_at is null) = (reply is null)", name="answered"
        ),
        CheckConstraint("(ended_at is null) = (ended is null)", name="end"),
        CheckConstraint("(ended = 'withdrawn') = (answered_at is null) or ended is null", name="order"),
        Index("ix_challenge_referral", "tenant_id", "referral_id", "raised_at"),
        Index(
            "ix_challenge_open", "tenant_id", "referral_id", unique=True, postgresql_where=text("ended_at is null")
        ),
        Index("ix_challenge_due", "tenant_id", "due_at", postgresql_where=text("ended_at is null")),
    )  # fmt: skip
