"""Whoever has a report is told that a correction closed the files that an early-help team could open."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

KINDS = (
    "received", "question", "reminder", "reply", "news", "outcome", "opened", "connection", "file", "file_in",
    "harmful", "harmful_in", "handed", "helping", "joined", "moved", "expiring", "duty", "unseen",
    "undelivered", "challenged", "approval", "challenge_due", "hub", "hub_in", "help_offered", "help_answered", "help_due",
    "transfer", "clock_over",
)  # fmt: skip


def upgrade() -> None:
    """One kind more."""
    _kinds((*KINDS, "help_closed"))


def _kinds(kinds: tuple[str, ...]) -> None:
    known = ", ".join(f"'{one}'" for one in kinds)
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({known}))")


def downgrade() -> None:
    """Of that nobody is told."""
    rls.in_each_council("DELETE FROM notice WHERE kind = 'help_closed'")
    _kinds(KINDS)
