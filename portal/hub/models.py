"""What the council shares in the hub of one report, with which agencies, and what is written there.

Nothing of it is sealed with the report's key, and no agency's row-level security leads from here to the report: whoever
takes part can open what was shared, and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.hub.sides import WHAT
from portal.kernel.tables import TenantTable, now_column, one_of, within_council


class HubRoom(TenantTable):
    """The hub of one report: its reference, and the key of all that is said and shared in it."""

    __tablename__ = "hub_room"

    referral_id: Mapped[UUID]
    reference: Mapped[str]
    form_key: Mapped[str]
    wrapped_key: Mapped[bytes]
    made_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id"),
        Index("ix_hub_room_reference", "tenant_id", "reference"),
    )


class HubAccess(TenantTable):
    """That a screener opened a report to one agency: `shared` is what its partners may see, sealed with the room's key.

    `hidden`, `authors` and `unseen_by` are copied from the report by a trigger whenever they change there: people of
    an agency have no row of the report itself to ask.
    """

    __tablename__ = "hub_access"

    referral_id: Mapped[UUID]
    room_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    what: Mapped[str]
    shared: Mapped[bytes]
    once: Mapped[UUID]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = now_column()
    read_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    # Whether the report is restricted, or kept from the colleagues of its author, who are this very agency.
    hidden: Mapped[bool] = mapped_column(server_default=text("false"))
    authors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    unseen_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("room_id", "hub_room", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        CheckConstraint(one_of("what", WHAT), name="what"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn"),
        Index(
            "ix_hub_access_open", "tenant_id", "referral_id", "agency_id", unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        Index("ix_hub_access_referral", "tenant_id", "referral_id"),
        Index("ix_hub_access_agency", "tenant_id", "agency_id", postgresql_where=text("withdrawn_at is null")),
    )  # fmt: skip


class HubMessage(TenantTable):
    """One message in the hub; `agency_id` is empty for the council. `read_by` holds whose people have read it."""

    __tablename__ = "hub_message"

    referral_id: Mapped[UUID]
    room_id: Mapped[UUID]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    body: Mapped[bytes]
    once: Mapped[UUID]
    sent_at: Mapped[datetime] = now_column()
    read_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("room_id", "hub_room", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        Index("ix_hub_message_thread", "tenant_id", "room_id", "sent_at"),
        Index("ix_hub_message_referral", "tenant_id", "referral_id"),
    )
