"""What signing in through an organisation keeps: whose identity is whose, our secrets, and how checks ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable, TenantTable, now_column


class SignOnLink(GlobalTable):
    """An identity at an outside provider that signs a person in: named by issuer and subject, never by email."""

    __tablename__ = "sign_on_link"
    why_global = "it proves who an account is; a council trusts it only while it has that provider"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime] = now_column()
    used_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("account_id", "issuer"))


class SignOnSecret(TenantTable):
    """What proves the portal to a council's identity provider: sealed, and never shown again."""

    __tablename__ = "sign_on_secret"

    provider: Mapped[str]
    wrapped_key: Mapped[bytes]
    secret: Mapped[bytes]
    set_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "provider"),)


class SignOnCheck(TenantTable):
    """How the newest check of a provider ended (`trouble` is "" when it is good), and what it `covers`."""

    __tablename__ = "sign_on_check"

    provider: Mapped[str]
    covers: Mapped[str]
    trouble: Mapped[str] = mapped_column(server_default="")
    about: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "provider"),)


class SignOut(TenantTable):
    """A provider's word that somebody signed out there, by the name it gave that message: it counts once."""

    __tablename__ = "sign_out"

    issuer: Mapped[str]
    jti: Mapped[str]
    at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "issuer", "jti"),)
