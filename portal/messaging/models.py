"""Messages on a report: one thread between the council and the agency, who saw them, and what is not sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council

SIDES = ("council", "agency")
# What the agency says of itself, beside what it answers.
KINDS = ("message", "addition", "correction")


class Message(TenantTable):
    """One message; its body is encrypted with the report's key."""

    __tablename__ = "message"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    side: Mapped[str]
    body: Mapped[bytes]
    sent_at: Mapped[datetime] = now_column()
    read_at: Mapped[datetime | None]
    once: Mapped[UUID]
    kind: Mapped[str] = mapped_column(server_default="message")
    # Of a question: until when the council wants the answer.
    answer_by: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        Index("ix_message_thread", "tenant_id", "referral_id", "sent_at"),
    )


class AskedQuestion(TenantTable):
    """A question of the report's own form that a message asks; once it is answered, the correction that it became."""

    __tablename__ = "asked_question"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    message_id: Mapped[UUID]
    place: Mapped[str]
    position: Mapped[int]
    correction_id: Mapped[UUID | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("message_id", "message", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "message_id", "place"),
        Index("ix_asked_question_referral", "tenant_id", "referral_id"),
    )


class MessageSighting(TenantTable):
    """Somebody of the other side has seen a message; written once, when its thread was first shown to them."""

    __tablename__ = "message_sighting"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    message_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    seen_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("message_id", "message", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "message_id", "account_id"),
        Index("ix_message_sighting_referral", "tenant_id", "referral_id"),
    )


class MessageDraft(TenantTable):
    """What somebody typed in a form of a thread and has not sent, exactly as it was, encrypted with the report's key;
    None once it was sent or thrown away.

    `tab` is the page in which it was typed, `version` counts what that page kept. What the council's people type no
    agency's connection reads, whatever a query forgets.
    """

    __tablename__ = "message_draft"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    side: Mapped[str]
    page: Mapped[str]
    tab: Mapped[UUID]
    version: Mapped[int] = mapped_column(server_default="1")
    body: Mapped[bytes | None]
    changed_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id", "account_id", "page"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        Index("ix_message_draft_changed", "tenant_id", "changed_at"),
    )
