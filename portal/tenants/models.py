"""A council and its keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable, TenantTable, now_column


class CouncilRow(GlobalTable):
    """A council that this instance serves; its settings are a council's own words and numbers."""

    __tablename__ = "council"
    why_global = "the council must be found from the address before any tenant is set"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    slug: Mapped[str] = mapped_column(unique=True)
    nation: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    folder_hash: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[datetime] = now_column()
    version: Mapped[int] = mapped_column(server_default="1")
    # The parts that the council changed in the portal: its folder leaves them alone.
    own_parts: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))

    __table_args__ = (CheckConstraint("nation in ('wales', 'england')", name="nation"),)


class CouncilDraft(GlobalTable):
    """A council that an operator is about to make: what was typed of its settings, and its first administrator."""

    __tablename__ = "council_draft"
    why_global = "the council is not there yet; only operators see the row"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    email: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = now_column()
    council_id: Mapped[UUID | None] = mapped_column(ForeignKey("council.id"))


class CaseSystemKey(TenantTable):
    """By what a council's case system knows the portal: a key pair for a file server (`how` sftp), or a secret that
    both sides keep (push). The private half, or the secret, is sealed; a secret has no public half."""

    __tablename__ = "case_system_key"

    how: Mapped[str] = mapped_column(server_default="sftp")
    wrapped_key: Mapped[bytes]
    private: Mapped[bytes]
    public: Mapped[str]
    made_at: Mapped[datetime] = now_column()

    __table_args__ = (CheckConstraint("how in ('sftp', 'push')", name="how"),)


class CouncilKey(TenantTable):
    """A council's key, wrapped with the root key; destroying it shreds all that the council owns."""

    __tablename__ = "council_key"

    version: Mapped[int]
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "version"),)


class SettingsChange(TenantTable):
    """The settings as they were after a change: whole, so that any state can be brought back."""

    __tablename__ = "settings_change"

    number: Mapped[int]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    parts: Mapped[list[str]] = mapped_column(JSONB)
    # Nobody: the operator, with the council's folder.
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "number"),)


class CouncilLogo(TenantTable):
    """A picture that is or was a council's logo: a PNG that this program wrote, under its SHA-256 in hexadecimal."""

    __tablename__ = "council_logo"

    digest: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime] = now_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "digest"),
        CheckConstraint("length(content) <= 500000", name="size"),
    )


class AgencyDecision(TenantTable):
    """What a person decided about an agency here, and why; nothing is ever taken back, only decided anew."""

    __tablename__ = "agency_decision"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    what: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")
    # Nobody: the operator, on the command line.
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = now_column()
    once: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("tenant_id", "once"),
        Index("ix_agency_decision_agency", "tenant_id", "agency_id", "decided_at"),
    )


class AgencyImport(TenantTable):
    """A file of agencies that was read and is looked at before anything is taken from it."""

    __tablename__ = "agency_import"

    layout: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = now_column()
    applied_at: Mapped[datetime | None]
