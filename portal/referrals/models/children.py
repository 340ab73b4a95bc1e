"""The children of reports as columns, for queues and matching."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import TenantTable, within_council


class ReferralChild(TenantTable):
    """The facts of one child in the clear (under row-level security), for queues and matching.

    A correction adds a row; the one before it says when it was superseded, and is still found by.
    """

    __tablename__ = "referral_child"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    position: Mapped[int]
    first_name: Mapped[str] = mapped_column(server_default="")
    last_name: Mapped[str] = mapped_column(server_default="")
    born_on: Mapped[date | None]
    age_years: Mapped[int | None]
    unborn: Mapped[bool] = mapped_column(server_default=text("false"))
    due_on: Mapped[date | None]
    postcode: Mapped[str] = mapped_column(server_default="")
    # The surname as connections know it, see guards.marks.
    surname_mark: Mapped[str] = mapped_column(server_default="")
    # By what it is found again, and how that was worked out, see marking.py.
    nhs_mark: Mapped[str] = mapped_column(server_default="")
    name_mark: Mapped[str] = mapped_column(server_default="")
    home_mark: Mapped[str] = mapped_column(server_default="")
    marks_version: Mapped[int] = mapped_column(server_default="0")
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        Index(
            "ix_referral_child_position", "tenant_id", "referral_id", "position", unique=True,
            postgresql_where=text("superseded_at is null"),
        ),
        Index("ix_referral_child_surname", "tenant_id", "surname_mark"),
        Index("ix_referral_child_nhs", "tenant_id", "nhs_mark"),
        Index("ix_referral_child_name", "tenant_id", "name_mark"),
        Index("ix_referral_child_home", "tenant_id", "home_mark"),
        Index("ix_referral_child_born", "tenant_id", "born_on"),
        Index("ix_referral_child_marks", "tenant_id", "marks_version"),
    )  # fmt: skip
