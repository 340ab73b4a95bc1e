"""Emails that may still come back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable, now_column


class SentMail(GlobalTable):
    """An email to an account's address, known by the SHA-256 of what it carries for whoever returns it."""

    __tablename__ = "sent_mail"
    why_global = "a mailbox is an account's, and is gone in every council; mail comes back without saying which one"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    sent_at: Mapped[datetime] = now_column()
    returned_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_sent_mail_sent_at", "sent_at"), Index("ix_sent_mail_account_id", "account_id"))
