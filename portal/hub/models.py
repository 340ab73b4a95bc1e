"""What the council shares in the hub of one report, with which agencies, and what is written there.

Nothing of it is sealed with the report's key, and no agency's row-level security leads from here to the report: whoever
takes part can open what was shared, and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.hub.sides import ANEW, KEPT, WHAT
from portal.kernel.tables import TenantTable, now_column, one_of, within_council


class HubRoom(TenantTable):
    """The hub of one report: its reference, and the key of all that is said and shared in it.

    `open_to` are the agencies to which it is open: partners have no row of another agency's access to ask.
    """

    __tablename__ = "hub_room"

    referral_id: Mapped[UUID]
    reference: Mapped[str]
    form_key: Mapped[str]
    wrapped_key: Mapped[bytes]
    open_to: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    made_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id"),
        Index("ix_hub_room_reference", "tenant_id", "reference"),
    )


class HubAccess(TenantTable):
    """That a screener opened a report to one agency: `shared` is what its partners may see, `listed` what their list
    needs of it, both sealed with the room's key. `corrections` is how many corrections of the report it has taken in,
    `changed_at` when it was shared anew, and `kept_at` when something was taken out because the report keeps it secret.

    `hidden`, `authors` and `unseen_by` are copied from the report by a trigger whenever they change there: people of
    an agency have no row of the report itself to ask.
    """

    __tablename__ = "hub_access"

    referral_id: Mapped[UUID]
    room_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    what: Mapped[str]
    shared: Mapped[bytes]
    # None of what was opened before lists had it: they open all of it then.
    listed: Mapped[bytes | None]
    corrections: Mapped[int] = mapped_column(server_default="0")
    once: Mapped[UUID]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = now_column()
    # When one of the agency's partners first read it as it is now.
    read_at: Mapped[datetime | None]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
    kept_why: Mapped[str | None]
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
        CheckConstraint(one_of("kept_why", KEPT), name="kept_why"),
        Index(
            "ix_hub_access_open", "tenant_id", "referral_id", "agency_id", unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
        Index("ix_hub_access_referral", "tenant_id", "referral_id"),
        Index("ix_hub_access_agency", "tenant_id", "agency_id", postgresql_where=text("withdrawn_at is null")),
    )  # fmt: skip


class HubMessage(TenantTable):
    """One message in the hub; `agency_id` is empty for the council. `read_by` holds whose people have read it.

    Since `held_at` no partners read it but those of the agency that wrote it, because it gives away what the report
    keeps secret; at `released_at` somebody of the council showed it to them.
    """

    __tablename__ = "hub_message"

    referral_id: Mapped[UUID]
    room_id: Mapped[UUID]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    body: Mapped[bytes]
    once: Mapped[UUID]
    sent_at: Mapped[datetime] = now_column()
    read_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    held_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("room_id", "hub_room", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        Index("ix_hub_message_thread", "tenant_id", "room_id", "sent_at"),
        Index("ix_hub_message_referral", "tenant_id", "referral_id"),
    )


class HubFile(TenantTable):
    """A file of a message in the hub; `agency_id` is empty for the council's. It goes with its message and room."""

    __tablename__ = "hub_file"

    referral_id: Mapped[UUID]
    room_id: Mapped[UUID]
    message_id: Mapped[UUID]
    file_id: Mapped[UUID]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("room_id", "hub_room", ondelete="CASCADE"),
        within_council("message_id", "hub_message", ondelete="CASCADE"),
        within_council("file_id", "stored_file", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "file_id"),
        Index("ix_hub_file_room", "tenant_id", "room_id", "added_at"),
        Index("ix_hub_file_message", "tenant_id", "message_id"),
        Index("ix_hub_file_referral", "tenant_id", "referral_id"),
    )


class HubFormer(TenantTable):
    """What an agency could read until `ended_at`, sealed with the room's key: on record for the council alone."""

    __tablename__ = "hub_former"

    referral_id: Mapped[UUID]
    access_id: Mapped[UUID]
    shared: Mapped[bytes]
    why: Mapped[str]
    ended_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("access_id", "hub_access", ondelete="CASCADE"),
        CheckConstraint(one_of("why", (ANEW, *KEPT)), name="why"),
        Index("ix_hub_former_access", "tenant_id", "access_id", "ended_at"),
        Index("ix_hub_former_referral", "tenant_id", "referral_id"),
    )


class HubRelease(TenantTable):
    """That somebody of the council showed a held message to partners; `why` is sealed with the room's key, and all of
    it is for the council alone."""

    __tablename__ = "hub_release"

    referral_id: Mapped[UUID]
    message_id: Mapped[UUID]
    why: Mapped[bytes]
    released_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    released_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("message_id", "hub_message", ondelete="CASCADE"),
        Index("ix_hub_release_message", "tenant_id", "message_id", "released_at"),
        Index("ix_hub_release_referral", "tenant_id", "referral_id"),
    )
