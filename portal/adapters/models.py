"""The demonstration's outbox: mail that nobody sends, shown on a page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable, now_column


class OutboxMail(GlobalTable):
    """One email of the demonstration; stays empty when a mail server is set."""

    __tablename__ = "outbox_mail"
    why_global = "mail of the demonstration, about fictional people only; codes arrive before a membership"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    sent_at: Mapped[datetime] = now_column()

    __table_args__ = (Index("ix_outbox_mail_sent_at", "sent_at"),)
