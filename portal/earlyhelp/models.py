"""Offers of decided reports to early-help teams, each row one offer to one team, and who is of one team only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.earlyhelp.states import CONSENTS, REASONS, RESULTS, STATES, TAKEN_WHY
from portal.kernel.tables import TenantTable, now_column, one_of, within_council


class EarlyHelpOffer(TenantTable):
    """One offer; what people wrote on it is sealed with the report's key.

    `said` is the screener's (for the team, and on consent), `reply` the team's when it accepts or declines, `closing`
    when it closes. `settled_at` is when the front door went on after a team had declined or stepped up.
    """

    __tablename__ = "early_help_offer"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    decision_id: Mapped[UUID]
    # The team's key in the council's settings, and its state.
    team: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="offered")
    consent: Mapped[str]
    said: Mapped[bytes]
    once: Mapped[UUID]
    offered_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    offered_at: Mapped[datetime] = now_column()
    due_at: Mapped[datetime]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    reply: Mapped[bytes | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    result: Mapped[str | None]
    closing: Mapped[bytes | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    # Those of the report that the team can open.
    files: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    reminded_at: Mapped[datetime | None]
    taken_why: Mapped[str | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("decision_id", "decision", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        Index("ix_early_help_offer_decision", "tenant_id", "decision_id"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("consent", CONSENTS), name="consent"),
        CheckConstraint(one_of("reason", REASONS), name="reason"),
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint("(state = 'declined') = (reason is not null)", name="declined"),
        CheckConstraint("(state = 'done') = (result is not null)", name="done"),
        CheckConstraint("(state in ('accepted', 'declined', 'done')) = (answered_at is not null)", name="answered"),
        CheckConstraint("(state in ('done', 'taken_back')) = (ended_at is not null)", name="ended"),
        CheckConstraint(one_of("taken_why", TAKEN_WHY), name="taken_why"),
        CheckConstraint("taken_why is null or state = 'taken_back'", name="taken"),
        CheckConstraint("settled_at is null or state in ('declined', 'done')", name="settled"),
        Index("ix_early_help_offer_referral", "tenant_id", "referral_id", "offered_at"),
        Index("ix_early_help_offer_state", "tenant_id", "state", "due_at"),
        Index(
            "ix_early_help_offer_open", "tenant_id", "referral_id", unique=True,
            postgresql_where=text("state in ('offered', 'accepted')"),
        ),
    )  # fmt: skip


class EarlyHelpMember(TenantTable):
    """Somebody of early help who sees one team's reports only; without a row, every team's."""

    __tablename__ = "early_help_member"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    team: Mapped[str]
    bound_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    bound_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "account_id"),)
