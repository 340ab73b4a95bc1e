"""Stored files, the parts of those that are still arriving, and objects that are to be deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.files.states import STATES
from portal.kernel.tables import TenantTable, now_column, one_of, within_council


class StoredFile(TenantTable):
    """One file. Its name and bytes are sealed with its own key; whose report it is on, it does not know."""

    __tablename__ = "stored_file"

    # Whose people may touch the row: the second wall.
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    added_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = now_column()
    wrapped_key: Mapped[bytes]
    name: Mapped[bytes]
    # A code of our own list, "" until it is known; the type that the browser said, or "".
    kind: Mapped[str] = mapped_column(server_default="")
    declared: Mapped[str] = mapped_column(server_default="")
    # Of the plain bytes. While it arrives: the size that was promised, and no digest.
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(server_default="")
    # Of the bytes as they came: a picture is written anew, and the same one may be chosen again.
    came_as: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str]
    # The object in the store; none while it arrives and after it was removed.
    object_key: Mapped[UUID | None]
    # The bytes as they came, where a council keeps them beside what we made of them.
    original_key: Mapped[UUID | None]
    # Why it may not be opened: a stable code.
    reason: Mapped[str] = mapped_column(server_default="")
    scanned_at: Mapped[datetime | None]
    signatures: Mapped[str] = mapped_column(server_default="")
    tries: Mapped[int] = mapped_column(server_default="0")
    # The room of the hub whose file it is, which has walls of its own; none of a report's file.
    hub_room_id: Mapped[UUID | None]
    # When its check was asked for last: a check that was lost is asked for again.
    asked_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("hub_room_id", "hub_room", ondelete="CASCADE"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("state not in ('checking', 'ready') or object_key is not null", name="object"),
        Index(
            "ix_stored_file_waiting", "tenant_id", "asked_at",
            postgresql_where=text("state in ('arriving', 'checking')"),
        ),
        Index("ix_stored_file_ready", "tenant_id", "created_at", postgresql_where=text("state = 'ready'")),
        Index("ix_stored_file_object", "tenant_id", "object_key"),
        Index("ix_stored_file_room", "tenant_id", "hub_room_id", postgresql_where=text("hub_room_id is not null")),
    )  # fmt: skip


class FilePart(TenantTable):
    """One part of a file that is still arriving, sealed like the file; its id is its object's."""

    __tablename__ = "file_part"

    file_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    number: Mapped[int]
    size: Mapped[int]

    __table_args__ = (
        within_council("file_id", "stored_file", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "file_id", "number"),
    )


class GoneObject(TenantTable):
    """An object that no row needs any more: a trigger writes it here with the deletion, a job empties the store."""

    __tablename__ = "gone_object"

    gone_at: Mapped[datetime] = now_column()
