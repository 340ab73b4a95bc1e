"""Who answers a challenge is reminded of it once before it is due."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

BEFORE = (
    "'received', 'question', 'reminder', 'reply', 'news', 'outcome', 'opened', 'connection', 'file', 'file_in',"
    " 'harmful', 'harmful_in', 'handed', 'helping', 'joined', 'moved', 'expiring', 'duty', 'unseen', 'undelivered',"
    " 'challenged', 'approval'"
)


def upgrade() -> None:
    """When, and one kind of notice."""
    op.execute("ALTER TABLE challenge ADD COLUMN reminded_at TIMESTAMP WITH TIME ZONE")
    _kinds(f"{BEFORE}, 'challenge_due'")


def _kinds(values: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def downgrade() -> None:
    """Nobody is reminded."""
    rls.in_each_council("DELETE FROM notice WHERE kind = 'challenge_due'")
    _kinds(BEFORE)
    op.execute("ALTER TABLE challenge DROP COLUMN reminded_at")
