"""Counters of the rate limits: one unlogged table, so that limits are exact across workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import GlobalTable


class RateLimit(GlobalTable):
    """How often a hashed key was used in its current window."""

    __tablename__ = "rate_limit"
    why_global = "limits apply before a council or a person is known; keys are hashes"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy reads this attribute

    key: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime]
