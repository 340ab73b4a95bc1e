"""The words under which people use a council's portal, version by version, and who has accepted which."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.language import Text
from portal.kernel.tables import TenantTable, now_column


class TermsVersion(TenantTable):
    """The terms as they were from a moment on, in every language; a correction (`asks` is false) asks nobody again."""

    __tablename__ = "terms_version"

    number: Mapped[int]
    words: Mapped[Text] = mapped_column(JSONB)
    hash: Mapped[str]
    asks: Mapped[bool]
    # Nobody: the operator, with the council's folder.
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "number"), CheckConstraint("number > 1 or asks", name="first"))


class TermsAcceptance(TenantTable):
    """Somebody accepted a version; never taken back."""

    __tablename__ = "terms_acceptance"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    number: Mapped[int]
    accepted_at: Mapped[datetime] = now_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "number"),
        ForeignKeyConstraint(["tenant_id", "number"], ["terms_version.tenant_id", "terms_version.number"]),
    )
