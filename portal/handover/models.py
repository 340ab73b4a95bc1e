"""Parcels for the case system, every try to deliver them, and what of them was collected: the council's own to know."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.handover.states import DECLINED, EVENTS, OUTCOMES, STATES, WAYS
from portal.kernel.tables import TenantTable, now_column, one_of, within_council

REASONS = (*DECLINED, "unavailable", "broken", "not_collected")


class Parcel(TenantTable):
    """One decision on its way to the case system; its id is what the receiver knows it by, however often it comes.

    What is in it is made anew from the report whenever it is sent, so that nothing is kept twice. `since` is when its
    twenty-four hours began; `lease` names whoever sends it just now, until `leased_until`. `told` has the names of its
    files and their SHA-256 as they were sent, told or copied last. `awaits` are files that were still being checked
    then; once all are judged (`checked_at`) those that passed go in a parcel of their own, and `lost` did not.
    """

    __tablename__ = "parcel"

    referral_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    event: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = now_column()
    since: Mapped[datetime] = now_column()
    next_try_at: Mapped[datetime | None]
    # By hand only: nothing is sent, and nothing gives up.
    by_hand: Mapped[bool] = mapped_column(server_default=text("false"))
    lease: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    reason: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    delivered_by: Mapped[str | None]
    # Who copied it, and what the case system calls its record, sealed with the report's key.
    copied_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    record_number: Mapped[bytes | None]
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    awaits: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    lost: Mapped[int] = mapped_column(server_default="0")
    checked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("decision_id", "decision", ondelete="CASCADE"),
        CheckConstraint(one_of("event", EVENTS), name="event"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("reason", REASONS), name="reason"),
        CheckConstraint(one_of("delivered_by", WAYS), name="delivered_by"),
        CheckConstraint("(state = 'delivered') = (delivered_at is not null)", name="delivered"),
        CheckConstraint("(state = 'sending') = (lease is not null)", name="lease"),
        Index(
            "uq_parcel_decision", "tenant_id", "decision_id", unique=True, postgresql_where=text("event <> 'files'")
        ),
        Index("ix_parcel_referral", "tenant_id", "referral_id", "created_at"),
        Index("ix_parcel_list", "tenant_id", "state", "created_at", "id"),
        Index(
            "ix_parcel_undelivered", "tenant_id", "next_try_at",
            postgresql_where=text("state in ('waiting', 'sending')"),
        ),
        Index("ix_parcel_awaiting", "tenant_id", postgresql_where=text("awaits <> '[]'::jsonb")),
    )  # fmt: skip


class ParcelAttempt(TenantTable):
    """One try to deliver a parcel, and how it ended; nothing here ever changes."""

    __tablename__ = "parcel_attempt"

    referral_id: Mapped[UUID]
    parcel_id: Mapped[UUID]
    at: Mapped[datetime] = now_column()
    outcome: Mapped[str]
    # Milliseconds.
    took: Mapped[int]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("parcel_id", "parcel", ondelete="CASCADE"),
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        Index("ix_parcel_attempt_parcel", "tenant_id", "parcel_id", "at"),
    )


class CollectRequest(TenantTable):
    """A signed request of the receiver that was heard: `mark` is the SHA-256 of its id, so that no second one with the
    same id is. It goes when nobody could send it again."""

    __tablename__ = "collect_request"

    mark: Mapped[str]
    at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "mark"), Index("ix_collect_request_at", "tenant_id", "at"))


class ParcelCollected(TenantTable):
    """That the receiver has collected one file of a parcel, by the file's safe name, with what it was (SHA-256)."""

    __tablename__ = "parcel_collected"

    referral_id: Mapped[UUID]
    parcel_id: Mapped[UUID]
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("parcel_id", "parcel", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "parcel_id", "name"),
    )
