"""A report: its draft sections, its frozen answers, its facts as columns, and the notices it caused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, SmallInteger, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import TenantTable, now_column, within_council
from portal.referrals.elsewhere import CHANNELS, PORTAL, TRANSFER
from portal.referrals.models.attachments import SIDES as SIDES
from portal.referrals.models.attachments import Attachment as Attachment
from portal.referrals.models.children import ReferralChild as ReferralChild
from portal.referrals.models.clocks import ClockPause as ClockPause
from portal.referrals.models.drafts import DRAFT_ENDS as DRAFT_ENDS
from portal.referrals.models.drafts import DraftEnd as DraftEnd
from portal.referrals.models.drafts import DraftTyping as DraftTyping
from portal.referrals.models.duty import DutyAlert as DutyAlert
from portal.referrals.models.notices import ABOUT_DRAFTS as ABOUT_DRAFTS
from portal.referrals.models.notices import NOTICE_KINDS as NOTICE_KINDS
from portal.referrals.models.notices import Notice as Notice
from portal.referrals.models.notices import NoticeChoice as NoticeChoice
from portal.referrals.models.tally import TALLY_KINDS as TALLY_KINDS
from portal.referrals.models.tally import Tally as Tally
from portal.referrals.states import STATES

KINDS = ("full", "urgent")
ROUTES = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE", "INFORMATION")
QUEUE_RANK = """
    (case when first_priority is null then case when urgency >= 4 then 0 else 1 end
          when priority = 'urgent' then 0 else 1 end) * 2
    + (case when unread_by_council > 0 or state = 'answered'
             or (state <> 'asked' and queued_at > greatest(sent_at, claimed_at)) then 0 else 1 end)
"""
# Of `queue_rank`: below it is what is urgent.
FIRST_NOT_URGENT = 2
QUEUE_RANKS = (0, 1, 2, 3)
WITHDRAWAL_REASONS = ("sent_twice", "wrong_child", "wrong_council", "told_otherwise", "other")


class Referral(TenantTable):
    """One report by one author of one agency; words are encrypted with its own key, facts are columns."""

    __tablename__ = "referral"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    # Who wrote it, when somebody else has taken over what a leaver had open.
    first_author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    form_version_id: Mapped[UUID]
    # How it came; and who brought it, sealed, where that was not through the portal.
    channel: Mapped[str] = mapped_column(server_default=PORTAL)
    caller: Mapped[bytes | None]
    # Which of the council's forms: concern, information or service.
    form_key: Mapped[str] = mapped_column(server_default="concern")
    kind: Mapped[str] = mapped_column(server_default="full")
    state: Mapped[str] = mapped_column(server_default="draft")
    version: Mapped[int] = mapped_column(server_default="1")
    language: Mapped[str] = mapped_column(server_default="en")
    created_at: Mapped[datetime] = now_column()
    changed_at: Mapped[datetime] = now_column()
    expires_on: Mapped[date | None]
    wrapped_key: Mapped[bytes]
    answers: Mapped[bytes | None]
    submit_key: Mapped[UUID | None]
    reference: Mapped[str | None]
    route: Mapped[str | None]
    rule: Mapped[str | None]
    level: Mapped[int | None]
    outcome_of_rules: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    overridden: Mapped[bool] = mapped_column(server_default=text("false"))
    attention: Mapped[bool] = mapped_column(server_default=text("false"))
    out_of_hours: Mapped[bool] = mapped_column(server_default=text("false"))
    urgency: Mapped[int] = mapped_column(server_default="0")
    priority: Mapped[str] = mapped_column(server_default="standard")
    # The priority it came with, once a screener gave it another.
    first_priority: Mapped[str | None]
    # Urgent ones first, news from the referrer first among them; the database works it out.
    queue_rank: Mapped[int] = mapped_column(SmallInteger, Computed(QUEUE_RANK, persisted=True))
    category: Mapped[str] = mapped_column(server_default="")
    initials: Mapped[str] = mapped_column(server_default="")
    sent_at: Mapped[datetime | None]
    # When it reached the council, where somebody took it down later.
    received_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    # What `due_at` counts from, and with which rank, where it is not the sending and `urgency`; since when it stands.
    clock_from: Mapped[datetime | None]
    clock_rank: Mapped[int | None]
    clock_paused_at: Mapped[datetime | None]
    # Since when it is known that one of the council's own clocks is over, and which were told of, by when they began.
    clock_over_at: Mapped[datetime | None]
    clocks_told: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    # When somebody moved it to another stage by hand.
    stage_moved_at: Mapped[datetime | None]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    claimed_at: Mapped[datetime | None]
    unread_by_council: Mapped[int] = mapped_column(server_default="0")
    unread_by_agency: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    # Since when something waits to be read on a report that is closed; and since when its author asks to withdraw it.
    new_since: Mapped[datetime | None]
    withdrawal_asked_at: Mapped[datetime | None]
    # Since when a decision on it waits for a second person.
    approval_asked_at: Mapped[datetime | None]
    # The route that the rules would choose for the corrected answers, where that is a higher one.
    rules_now: Mapped[str | None]
    # Who of the council may see it; empty while it is not restricted.
    sight: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    # Of its agency only the author sees it.
    author_only: Mapped[bool] = mapped_column(server_default=text("false"))
    # Colleagues who write a draft with its author.
    helpers: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    # Of a draft: how far it is, and how old the first child is, as lists show it without opening the answers.
    sections_done: Mapped[int] = mapped_column(server_default="0")
    sections_shown: Mapped[int] = mapped_column(server_default="0")
    child_born: Mapped[date | None]
    child_age: Mapped[int | None]
    # Who said that they must not see this family.
    unseen_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    # Since when, and by whom, it is kept past its time; why is sealed, with every hold before.
    held_at: Mapped[datetime | None]
    held_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    hold_words: Mapped[bytes | None]
    # Since when it is on the managers' list of what is about to go; of a draft, since when its author knows that.
    warned_on: Mapped[date | None]

    __table_args__ = (
        within_council("form_version_id", "form_version"),
        UniqueConstraint("tenant_id", "reference"),
        UniqueConstraint("tenant_id", "submit_key"),
        CheckConstraint(one_of("channel", (PORTAL, *CHANNELS, TRANSFER)), name="channel"),
        # Nobody's agency sees what the council took down itself.
        CheckConstraint(f"channel = '{PORTAL}' or author_only", name="elsewhere"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("route", ROUTES), name="route"),
        CheckConstraint(one_of("rules_now", ROUTES), name="rules_now"),
        CheckConstraint("(state = 'draft') = (reference is null)", name="reference"),
        # The holding area pages by these: a sent report without one would be in no list.
        CheckConstraint(
            "state = 'draft' or (sent_at is not null and queued_at is not null and due_at is not null)",
            name="dates",
        ),
        CheckConstraint("state <> 'decided' or decided_at is not null", name="decided"),
        Index(
            "ix_referral_queue", "tenant_id", "queue_rank", "due_at", "id",
            postgresql_where=text("state in ('sent', 'screening', 'asked', 'answered')"),
        ),
        Index(
            "ix_referral_decided", "tenant_id", text("decided_at desc"), text("id desc"),
            postgresql_where=text("state = 'decided'"),
        ),
        Index("ix_referral_news", "tenant_id", "new_since", postgresql_where=text("new_since is not null")),
        Index("ix_referral_approval", "tenant_id", postgresql_where=text("approval_asked_at is not null")),
        Index(
            "ix_referral_withdrawn", "tenant_id", "queue_rank", "due_at", "id",
            postgresql_where=text("state = 'withdrawn'"),
        ),
        Index(
            "ix_referral_owner", "tenant_id", "owner_id", "due_at", "id",
            postgresql_where=text("state in ('sent', 'screening', 'asked', 'answered')"),
        ),
        # Few: the dashboard counts these for each reader by themselves.
        Index(
            "ix_referral_guarded", "tenant_id",
            postgresql_where=text("state <> 'draft' and (sight is not null or unseen_by <> '{}')"),
        ),
        # What a search by an agency, a category or a colleague is shown in, closed ones too.
        *(
            Index(
                f"ix_referral_of_{name}", "tenant_id", column, "queue_rank", "due_at", "id",
                postgresql_where=text("state <> 'draft'"),
            )
            for name, column in (("agency", "agency_id"), ("category", "category"), ("owner", "owner_id"))
        ),
        Index("ix_referral_initials", "tenant_id", "initials"),
        Index("ix_referral_author", "tenant_id", "author_id", text("changed_at desc")),
        Index("ix_referral_agency", "tenant_id", "agency_id", text("changed_at desc")),
    )  # fmt: skip


class ReferralSection(TenantTable):
    """One section of a draft, encrypted; `version` counts its saves, so that two tabs are noticed."""

    __tablename__ = "referral_section"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    section: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    body: Mapped[bytes]
    complete: Mapped[bool] = mapped_column(server_default=text("false"))
    changed_at: Mapped[datetime] = now_column()
    # Who wrote it last; None where it was written before that was kept.
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "referral_id", "section"),
    )


class Correction(TenantTable):
    """One answer corrected after sending, under the id of the message that says why: nothing here ever changes.

    `words` are the old and the new answer, sealed; `place` says which question (see places.py); `rules_now` is
    the route that the rules would choose for the corrected answers, where that is a higher one.
    """

    __tablename__ = "correction"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    place: Mapped[str]
    words: Mapped[bytes]
    corrected_at: Mapped[datetime] = now_column()
    rules_now: Mapped[str | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("rules_now", ROUTES), name="rules_now"),
        Index("ix_correction_referral", "tenant_id", "referral_id", "corrected_at"),
    )


class Withdrawal(TenantTable):
    """An author's wish to take a report back: done at once while nobody has opened it, else the council's to answer.

    `words` are sealed with the report's key; `accepted` is empty until there is an answer, whose words are a message.
    """

    __tablename__ = "withdrawal"

    referral_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = now_column()
    reason: Mapped[str]
    words: Mapped[bytes | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    __table_args__ = (
        within_council("referral_id", "referral", ondelete="CASCADE"),
        CheckConstraint(one_of("reason", WITHDRAWAL_REASONS), name="reason"),
        CheckConstraint("(answered_at is null) = (accepted is null)", name="answered"),
        Index("ix_withdrawal_referral", "tenant_id", "referral_id", "asked_at"),
        Index(
            "ix_withdrawal_open", "tenant_id", "referral_id", unique=True,
            postgresql_where=text("answered_at is null"),
        ),
    )  # fmt: skip


class Connection(TenantTable):
    """A family that somebody must not see. What they said is sealed; matching needs only the marks ("" for what was
    not given), which nobody without the council's key can work out or read."""

    __tablename__ = "connection"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    wrapped_key: Mapped[bytes]
    words: Mapped[bytes]
    surname_mark: Mapped[str]
    first_mark: Mapped[str] = mapped_column(server_default="")
    born_mark: Mapped[str] = mapped_column(server_default="")
    declared_at: Mapped[datetime] = now_column()
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    # Why it was ended, sealed as the rest is.
    why: Mapped[bytes | None]

    __table_args__ = (Index("ix_connection_surname", "tenant_id", "surname_mark"),)


# Whoever deletes a report adds to the numbers: when a council leaves, they go last.
Referral.__table__.add_is_dependent_on(Tally.__table__)  # type: ignore[attr-defined] # typed as FromClause
