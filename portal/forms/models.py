"""A council's forms: published versions, which never change, and what designers work with on the way to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.auth.models import one_of
from portal.kernel.tables import GlobalTable, TenantTable, now_column, within_council

SOURCES = ("folder", "designer")
DRAFT_STATES = ("open", "submitted", "published", "discarded")
CHECK_KINDS = ("proof", "scenarios", "what_if")
CHECK_STATES = ("waiting", "running", "done", "failed")


class FormVersion(TenantTable):
    """One published version: the form, its thresholds, notices and topics as one document, and who published it."""

    __tablename__ = "form_version"

    form_key: Mapped[str]
    number: Mapped[int]
    # JSON and not JSONB: values and conditions are worked out in the order in which the council wrote them.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str]
    published_at: Mapped[datetime] = now_column()
    source: Mapped[str] = mapped_column(server_default="folder")
    note: Mapped[str] = mapped_column(server_default="")
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    approver_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    restored_from: Mapped[int | None]
    # Drafts of reports that began with an earlier version must go on with this one.
    must_restart: Mapped[bool] = mapped_column(server_default=text("false"))
    scenarios: Mapped[list[Any]] = mapped_column(JSON, server_default=text("'[]'"))
    proof: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    accepted: Mapped[list[Any]] = mapped_column(JSON, server_default=text("'[]'"))
    template_key: Mapped[str] = mapped_column(server_default="")
    template_number: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "form_key", "number"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        Index("ix_form_version_newest", "tenant_id", "form_key", "number"),
    )


class FormDraft(TenantTable):
    """One draft of a form that designers work on: `content` is {"form", "thresholds", "scenarios"} as they stand."""

    __tablename__ = "form_draft"

    form_key: Mapped[str]
    base_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="open")
    version: Mapped[int] = mapped_column(server_default="1")
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    must_restart: Mapped[bool] = mapped_column(server_default=text("false"))
    # Failing scenarios that the publisher accepted, each with a reason: [{"id", "reason", "by"}].
    accepted: Mapped[list[Any]] = mapped_column(JSON, server_default=text("'[]'"))
    restored_from: Mapped[int | None]
    template_key: Mapped[str] = mapped_column(server_default="")
    template_number: Mapped[int | None]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = now_column()
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime] = now_column()
    # Everybody who changed it: none of them can approve it.
    writers: Mapped[list[Any]] = mapped_column(JSON, server_default=text("'[]'"))
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]
    published_id: Mapped[UUID | None]

    __table_args__ = (
        within_council("base_id", "form_version"),
        within_council("published_id", "form_version"),
        CheckConstraint(one_of("state", DRAFT_STATES), name="state"),
        CheckConstraint("state <> 'submitted' or submitted_by is not null", name="submitted"),
        CheckConstraint("(state = 'published') = (published_id is not null)", name="published"),
        Index("ix_form_draft_form", "tenant_id", "form_key", "state"),
    )


class FormComment(TenantTable):
    """What somebody of the council says about a draft, or about one place of it ("question:cc_main")."""

    __tablename__ = "form_comment"

    draft_id: Mapped[UUID]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    place: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str]
    once: Mapped[UUID]
    created_at: Mapped[datetime] = now_column()
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    resolved_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("draft_id", "form_draft", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "once"),
        Index("ix_form_comment_draft", "tenant_id", "draft_id", "created_at"),
    )


class FormCheck(TenantTable):
    """One run of the proof, of the scenarios or of the what-if over exactly one content of a draft."""

    __tablename__ = "form_check"

    draft_id: Mapped[UUID]
    kind: Mapped[str]
    content_hash: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = now_column()
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        within_council("draft_id", "form_draft", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "draft_id", "kind", "content_hash"),
        CheckConstraint(one_of("kind", CHECK_KINDS), name="kind"),
        CheckConstraint(one_of("state", CHECK_STATES), name="state"),
    )


class FormTrial(TenantTable):
    """A report that is only tried: kept apart from reports, with the content as it was when the trial began."""

    __tablename__ = "form_trial"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    draft_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    kind: Mapped[str] = mapped_column(server_default="full")
    language: Mapped[str] = mapped_column(server_default="en")
    version: Mapped[int] = mapped_column(server_default="1")
    wrapped_key: Mapped[bytes]
    answers: Mapped[bytes | None]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now_column()

    __table_args__ = (
        within_council("draft_id", "form_draft", ondelete="CASCADE"),
        within_council("version_id", "form_version"),
        CheckConstraint(one_of("kind", ("full", "urgent")), name="kind"),
        Index("ix_form_trial_account", "tenant_id", "account_id", "created_at"),
    )


class FormTemplate(GlobalTable):
    """One version of a form of the shared library, which the operator keeps and councils start from."""

    __tablename__ = "form_template"
    why_global = "the shared library belongs to the operator; councils read it and copy from it"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str]
    number: Mapped[int]
    form_key: Mapped[str]
    nation: Mapped[str] = mapped_column(server_default="")
    title: Mapped[dict[str, Any]] = mapped_column(JSON)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Items that a council cannot change: ["question:cc_main", "rule:A01"].
    locked: Mapped[list[Any]] = mapped_column(JSON, server_default=text("'[]'"))
    note: Mapped[str] = mapped_column(server_default="")
    content_hash: Mapped[str]
    published_at: Mapped[datetime] = now_column()

    __table_args__ = (UniqueConstraint("key", "number"),)
