"""What hangs on a draft beside its answers: what is being typed, and what became of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council

DRAFT_ENDS = ("deleted", "expired", "handed", "helped", "sent")


class DraftTyping(TenantTable):
    """What somebody typed on one page of a draft and has not saved yet, exactly as it was; None once it was saved.

    `seen` is the version of the section that they had on the screen, `tab` the page in which they typed.
    """

    __tablename__ = "draft_typing"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    page: Mapped[str]
    tab: Mapped[UUID]
    seen: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1")
    body: Mapped[bytes | None]
    changed_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id", "account_id", "page"),
    )


class DraftEnd(TenantTable):
    """What became of a draft, for one person who knew it and cannot open it any more; nothing of what was in it.

    It outlives the draft, for some time (commands/endings.py).
    """

    __tablename__ = "draft_end"

    draft_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str]
    ended_at: Mapped[datetime] = now_column()

    __table_args__ = (
        UniqueConstraint("tenant_id", "draft_id", "account_id"),
        CheckConstraint(one_of("what", DRAFT_ENDS), name="what"),
    )
