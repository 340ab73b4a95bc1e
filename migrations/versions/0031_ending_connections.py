"""A declared connection is ended with a reason, and the practice managers are told."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

BEFORE = "'received', 'question', 'reply', 'outcome', 'opened'"


def _kinds(values: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def upgrade() -> None:
    """Keep why, and have the managers told."""
    op.execute("ALTER TABLE connection ADD COLUMN why BYTEA")
    _kinds(f"{BEFORE}, 'connection'")


def downgrade() -> None:
    """Nobody ends one any more."""
    rls.in_each_council("delete from notice where kind = 'connection'")
    _kinds(BEFORE)
    op.execute("ALTER TABLE connection DROP COLUMN why")
