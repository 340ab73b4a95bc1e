"""Letters on a report: what they say, to whom and where is sealed; who made, sent or withdrew one is in the clear."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council

BOTH = "both"
LANGUAGES = ("en", "cy", BOTH)
WAYS = ("post", "hand")


class Letter(TenantTable):
    """One letter; `body` is all of it as it was made, so that a later change of a template changes none."""

    __tablename__ = "letter"

    referral_id: Mapped[UUID]
    template: Mapped[str]
    language: Mapped[str]
    body: Mapped[bytes]
    once: Mapped[UUID]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = now_column()
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[datetime | None]
    sent_how: Mapped[str | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        CheckConstraint(one_of("language", LANGUAGES), name="language"),
        CheckConstraint(one_of("sent_how", WAYS), name="sent_how"),
        CheckConstraint(
            "(sent_at is null) = (sent_by is null) and (sent_at is null) = (sent_how is null)", name="sent"
        ),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
        CheckConstraint("sent_at is null or withdrawn_at is null", name="one_end"),
        Index("ix_letter_referral", "tenant_id", "referral_id", "made_at"),
    )
