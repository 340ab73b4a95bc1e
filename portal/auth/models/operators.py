"""The company's own people who run the instance, outside every council."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable, now_column


class InstanceOperator(GlobalTable):
    """One operator. The set-up link of the email is worked out from `wrapped_key`; only its SHA-256 is stored."""

    __tablename__ = "instance_operator"
    why_global = "an operator works outside every council; the command line alone adds and ends them"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    added_by: Mapped[str]
    since: Mapped[datetime] = now_column()
    ended_at: Mapped[datetime | None]
    wrapped_key: Mapped[bytes]
    token_hash: Mapped[str] = mapped_column(unique=True)
    link_expires_at: Mapped[datetime]
    link_used_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_instance_operator_live", "account_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )
