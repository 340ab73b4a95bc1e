"""Published versions of a council's form; questions and rules are published together and never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import TenantTable, now_column


class FormVersion(TenantTable):
    """One published version: the form, its thresholds, notices and topics as one document."""

    __tablename__ = "form_version"

    form_key: Mapped[str]
    number: Mapped[int]
    # JSON and not JSONB: values and conditions are worked out in the order in which the council wrote them.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str]
    published_at: Mapped[datetime] = now_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "form_key", "number"),
        Index("ix_form_version_newest", "tenant_id", "form_key", "number"),
    )
