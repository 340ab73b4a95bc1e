"""A transfer as each of its two councils keeps it: two rows with one id, each behind its own council's wall."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.tables import TenantTable, now_column, one_of, within_council
from portal.referrals.models import ROUTES
from portal.transfers.states import AGES, OUT, SIDES, STATES


class Transfer(TenantTable):
    """One side of a transfer. The sealed copy lies with the council to which it is offered, and what opens it with the
    one that offers it: neither reads it alone. Both go with the answer.
    """

    __tablename__ = "transfer"

    side: Mapped[str]
    # No foreign key: a council that leaves the instance takes its own rows along.
    other_id: Mapped[UUID]
    # Of the sender the report that is offered, of the receiver the one that it became.
    referral_id: Mapped[UUID | None]
    state: Mapped[str]
    wrapped_key: Mapped[bytes]
    # Why, what goes, and which council: sealed; gone with an offer that came to nothing, at the receiver.
    words: Mapped[bytes | None]
    # What the receiver is told before it says yes.
    route: Mapped[str]
    urgency: Mapped[int]
    age: Mapped[str]
    children: Mapped[int]
    files: Mapped[int]
    with_files: Mapped[bool]
    with_messages: Mapped[bool]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = now_column()
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    # Why it was sent back or declined, sealed.
    reason: Mapped[bytes | None]
    other_reference: Mapped[str] = mapped_column(server_default="")
    envelope_key: Mapped[bytes | None]
    envelope: Mapped[bytes | None]
    # What came, sealed with the key of the report that it became.
    record: Mapped[bytes | None]
    # What somebody restricted; at the receiver it is there for those who may restrict reports.
    restricted: Mapped[bool] = mapped_column(server_default=text("false"))
    # Messages and files: of the sender all that have gone, of the receiver those that came after it had accepted.
    sent: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    # Files that still have to come, and those that could not.
    files_left: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    files_missing: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("route", ROUTES), name="route"),
        CheckConstraint(one_of("age", AGES), name="age"),
        CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("(settled_at is null) = (state in ('proposed', 'offered'))", name="settled"),
        CheckConstraint(
            "(envelope is null and envelope_key is null)"
            " or (state = 'offered' and (envelope is null) = (side = 'out'))",
            name="envelope",
        ),
        CheckConstraint("side = 'out' or (referral_id is null) = (state <> 'accepted')", name="arrived"),
        Index("ix_transfer_referral", "tenant_id", "referral_id"),
        Index("ix_transfer_list", "tenant_id", "side", "proposed_at"),
        Index(
            "ix_transfer_open", "tenant_id", "referral_id", unique=True,
            postgresql_where=text(f"side = '{OUT}' and state in ('proposed', 'offered')"),
        ),
    )  # fmt: skip
