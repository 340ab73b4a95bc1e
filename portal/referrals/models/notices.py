"""Emails that must be sent, and how each person wants theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council

NOTICE_KINDS = (
    "received",
    "question",
    "reminder",
    "reply",
    "news",
    "outcome",
    "opened",
    "connection",
    "file",
    "file_in",
    "harmful",
    "harmful_in",
    "handed",
    "helping",
    "joined",
    "moved",
    "expiring",
    "duty",
    "unseen",
    "undelivered",
    "challenged",
    "approval",
    "challenge_due",
    "hub",
    "hub_in",
    "help_offered",
    "help_answered",
    "help_due",
    "help_closed",
    "transfer",
    "clock_over",
)
# What is not sent yet has no reference; each leads to the page on which a person's drafts are.
ABOUT_DRAFTS = frozenset({"handed", "helping", "joined", "moved", "expiring"})
NOTICE_STATES = ("pending", "sent", "failed", "overtaken")


class Notice(TenantTable):
    """An email that must be sent: the row is the truth, its job only a hint."""

    __tablename__ = "notice"

    kind: Mapped[str]
    # Whom: a person, or a mailbox of the council in which nobody in particular reads.
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    mailbox: Mapped[str | None]
    referral_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = now_column()
    sent_at: Mapped[datetime | None]
    # Waits for its reader's one email a day.
    daily: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("kind", NOTICE_KINDS), name="kind"),
        CheckConstraint(one_of("state", NOTICE_STATES), name="state"),
        CheckConstraint("(account_id is null) <> (mailbox is null)", name="reader"),
        Index("ix_notice_referral", "tenant_id", "referral_id"),
        Index(
            "ix_notice_pending", "tenant_id", "created_at", postgresql_where=text("state = 'pending'")
        ),
    )  # fmt: skip


class NoticeChoice(TenantTable):
    """How somebody wants their emails; without a row everything comes, at once."""

    __tablename__ = "notice_choice"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    daily: Mapped[bool] = mapped_column(server_default=text("false"))
    receipts: Mapped[bool] = mapped_column(server_default=text("true"))
    # The subject says nothing.
    discreet: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (UniqueConstraint("tenant_id", "account_id"),)
