"""The company's own people who run the instance, outside every council."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable, TenantTable, now_column, one_of

GRANT_STATES = ("asked", "approved", "refused", "ended")
PURPOSES = ("fault", "check", "help")
MOST_HOURS = 8


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


class SupportGrant(TenantTable):
    """An operator asks a council to let them look for some hours; without its approval they see nothing."""

    __tablename__ = "support_grant"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str]
    reason: Mapped[str]
    hours: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(server_default="asked")
    asked_at: Mapped[datetime] = now_column()
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    once: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("tenant_id", "once"),
        CheckConstraint(one_of("state", GRANT_STATES), name="state"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(f"hours between 1 and {MOST_HOURS}", name="hours"),
        CheckConstraint("state <> 'approved' or (until is not null and decided_by is not null)", name="approved"),
        # No second one while the first waits.
        Index(
            "ix_support_grant_asked", "tenant_id", "account_id", unique=True, postgresql_where=text("state = 'asked'")
        ),
    )
