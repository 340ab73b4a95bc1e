"""A council's own clocks that are over are told of once and shown; lists hear of moves between stages."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

KINDS = (
    "received", "question", "reminder", "reply", "news", "outcome", "opened", "connection", "file", "file_in",
    "harmful", "harmful_in", "handed", "helping", "joined", "moved", "expiring", "duty", "unseen",
    "undelivered", "challenged", "approval", "challenge_due", "hub", "hub_in", "help_offered", "help_answered", "help_due",
    "transfer",
)  # fmt: skip


def upgrade() -> None:
    """Three columns without a value, which need no rewriting, and the notice."""
    op.execute("""
        ALTER TABLE referral ADD COLUMN clock_over_at TIMESTAMP WITH TIME ZONE, ADD COLUMN clocks_told JSONB,
            ADD COLUMN stage_moved_at TIMESTAMP WITH TIME ZONE
    """)
    _kinds((*KINDS, "clock_over"))


def _kinds(kinds: tuple[str, ...]) -> None:
    known = ", ".join(f"'{one}'" for one in kinds)
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({known}))")


def downgrade() -> None:
    """Nobody is told."""
    rls.in_each_council("DELETE FROM notice WHERE kind = 'clock_over'")
    _kinds(KINDS)
    op.execute("ALTER TABLE referral DROP COLUMN clock_over_at, DROP COLUMN clocks_told, DROP COLUMN stage_moved_at")
