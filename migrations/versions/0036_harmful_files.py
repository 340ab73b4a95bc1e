"""Let both sides be told of a harmful file."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

BEFORE = "'received', 'question', 'reply', 'outcome', 'opened', 'connection', 'file', 'file_in'"


def upgrade() -> None:
    """Two more kinds of notices."""
    _kinds(f"{BEFORE}, 'harmful', 'harmful_in'")


def downgrade() -> None:
    """Forget who was told."""
    rls.in_each_council("DELETE FROM notice WHERE kind IN ('harmful', 'harmful_in')")
    _kinds(BEFORE)


def _kinds(kinds: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({kinds}))")
