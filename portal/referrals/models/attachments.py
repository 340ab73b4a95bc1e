"""Files on a report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council

SIDES = ("agency", "council")


class Attachment(TenantTable):
    """A file on a report: on its draft, added later by either side, or with a message."""

    __tablename__ = "attachment"

    referral_id: Mapped[UUID]
    # Whose people may touch the row: the report's agency.
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    file_id: Mapped[UUID]
    message_id: Mapped[UUID | None]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    # Whose side added it: agency or council.
    side: Mapped[str]
    # Whether the report was sent already.
    later: Mapped[bool]
    added_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("file_id", "stored_file"),
        within_council("message_id", "message"),
        UniqueConstraint("tenant_id", "file_id"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        Index("ix_attachment_referral", "tenant_id", "referral_id", "added_at"),
    )
