"""Decisions, what the council's people write among themselves, and records that only some may see: why they are
restricted, and who opened them all the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council
from portal.referrals.models import ROUTES
from portal.screening.grounds import CONSENT
from portal.tenants.outcome_settings import OUTCOME_KINDS

PROPOSAL_RESULTS = ("approved", "sent_back", "withdrawn", "overtaken")
RESTRICTION_REASONS = ("staff_family", "adoption", "refuge", "high_profile", "other")
# What a person said of two reports: whether they are about one child, and how they hang together.
VERDICTS = ("same", "possible", "not_same")
LINKS = ("duplicate", "incident", "sibling")
NOTE_KINDS = ("note", "priority", "given")
OPENING_REASONS = ("immediate_danger", "cover", "duty_manager", "legal", "other")


class Decision(TenantTable):
    """One decision on a report; rationale (council only) and the words for the referrer are encrypted.

    `route` is the screener's own: the report keeps the one that the rules chose.
    """

    __tablename__ = "decision"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    outcome: Mapped[str]
    route: Mapped[str]
    rationale: Mapped[bytes]
    told: Mapped[bytes]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = now_column()
    seen_at: Mapped[datetime | None]
    # When the report was opened again: what counts is the one without.
    replaced_at: Mapped[datetime | None]
    # Codes, to count by; empty in decisions that were made before they were asked for.
    kind: Mapped[str | None]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"))
    need: Mapped[str | None]
    consent: Mapped[str | None]
    consent_reason: Mapped[str | None]
    contact_code: Mapped[str | None]
    referral_code: Mapped[str | None]
    nfa_code: Mapped[str | None]
    # What the council had below the words for the referrer when they were told, sealed.
    required: Mapped[bytes | None]
    # Who was consulted, and what was said of consent, sealed.
    grounds: Mapped[bytes | None]
    # The second person, where the council wants one for that outcome.
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    # The decision that this one corrects, and why, sealed.
    corrects: Mapped[UUID | None]
    why: Mapped[bytes | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("route", ROUTES), name="route"),
        CheckConstraint(one_of("kind", OUTCOME_KINDS), name="kind"),
        CheckConstraint(one_of("consent", CONSENT), name="consent"),
        CheckConstraint("approved_by <> decided_by", name="two_people"),
        Index("ix_decision_referral", "tenant_id", "referral_id"),
        Index("ix_decision_now", "tenant_id", "referral_id", unique=True, postgresql_where=text("replaced_at is null")),
    )


class Proposal(TenantTable):
    """A decision that waits for a second person; what somebody would decide is sealed until it is approved.

    It is open while `settled_at` is empty, and `referral.approval_asked_at` says so too.
    """

    __tablename__ = "proposal"

    referral_id: Mapped[UUID]
    outcome: Mapped[str]
    given: Mapped[bytes]
    # How many of the agency's messages its author had read.
    seen: Mapped[int]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = now_column()
    result: Mapped[str | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    # Why it was sent back.
    words: Mapped[bytes | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("result", PROPOSAL_RESULTS), name="result"),
        CheckConstraint("(settled_at is null) = (result is null)", name="settled"),
        CheckConstraint("result <> 'approved' or settled_by <> proposed_by", name="two_people"),
        Index("ix_proposal_referral", "tenant_id", "referral_id", "proposed_at"),
        Index("ix_proposal_open", "tenant_id", "referral_id", unique=True, postgresql_where=text("settled_at is null")),
    )


class Restriction(TenantTable):
    """Why a report is restricted, and which two people lifted that again; who sees it is `referral.sight`."""

    __tablename__ = "restriction"

    referral_id: Mapped[UUID]
    reason: Mapped[str]
    words: Mapped[bytes | None]
    marked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    marked_at: Mapped[datetime] = now_column()
    lift_asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    lift_asked_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    lifted_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("reason", RESTRICTION_REASONS), name="reason"),
        CheckConstraint("lifted_by is null or lifted_by <> lift_asked_by", name="two_people"),
        Index("ix_restriction_referral", "tenant_id", "referral_id"),
        Index(
            "ix_restriction_open", "tenant_id", "referral_id", unique=True,
            postgresql_where=text("lifted_at is null"),
        ),
    )  # fmt: skip


class OpenedRecord(TenantTable):
    """A restricted record that somebody off its list opened with a reason, until when, and who ended it before."""

    __tablename__ = "opened_record"

    referral_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    # Its own key: the managers read why, also those who may not see the record.
    wrapped_key: Mapped[bytes]
    words: Mapped[bytes]
    opened_at: Mapped[datetime] = now_column()
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("reason", OPENING_REASONS), name="reason"),
        Index("ix_opened_record_referral", "tenant_id", "referral_id"),
        Index("ix_opened_record_account", "tenant_id", "account_id", "until"),
    )


class Pairing(TenantTable):
    """What a person said of two reports: a verdict on whether they are about one child, or a link between them.

    Of each sort one is in force. A duplicate is `referral_id`, of `other_id`; anything else says the same of both. The
    reason is sealed with the key of `referral_id`. Nothing of it is there for whoever may not see both reports.
    """

    __tablename__ = "pairing"

    referral_id: Mapped[UUID]
    other_id: Mapped[UUID]
    sort: Mapped[str]
    kind: Mapped[str]
    words: Mapped[bytes | None]
    said_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    said_at: Mapped[datetime] = now_column()
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        within_council("other_id", "referral", ondelete="CASCADE"),
        CheckConstraint("referral_id <> other_id", name="two"),
        CheckConstraint(
            f"(sort = 'verdict' and {one_of('kind', VERDICTS)}) or (sort = 'link' and {one_of('kind', LINKS)})",
            name="kind",
        ),
        CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended"),
        Index("ix_pairing_referral", "tenant_id", "referral_id"),
        Index("ix_pairing_other", "tenant_id", "other_id"),
        Index(
            "ix_pairing_now", "tenant_id", text("least(referral_id, other_id)"),
            text("greatest(referral_id, other_id)"), "sort", unique=True, postgresql_where=text("ended_at is null"),
        ),
    )  # fmt: skip


class Note(TenantTable):
    """What the council's people tell each other about a report, sealed with its key; nothing here ever changes.

    `kind` is note, priority (why it went from `was` to `became`) or given (what whoever it was `given_to` should know,
    without words where there was nothing to say; to nobody: back to the holding area).
    """

    __tablename__ = "note"

    referral_id: Mapped[UUID]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(server_default="note")
    body: Mapped[bytes | None]
    was: Mapped[str] = mapped_column(server_default="")
    became: Mapped[str] = mapped_column(server_default="")
    given_to: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    once: Mapped[UUID]
    written_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        CheckConstraint(one_of("kind", NOTE_KINDS), name="kind"),
        CheckConstraint("kind = 'given' or body is not null", name="words"),
        Index("ix_note_referral", "tenant_id", "referral_id", "written_at"),
    )


class SavedList(TenantTable):
    """A list of the holding area that somebody goes back to: its filters and order, never a search."""

    __tablename__ = "saved_list"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("tenant_id", "account_id", "name"),)


class Presence(TenantTable):
    """Somebody of the council has a report open, or had a moment ago; rows live for minutes."""

    __tablename__ = "presence"

    referral_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    seen_at: Mapped[datetime]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id", "account_id"),
        Index("ix_presence_seen", "tenant_id", "seen_at"),
        # A page view is no change that must outlive a crash.
        {"prefixes": ["UNLOGGED"]},
    )
