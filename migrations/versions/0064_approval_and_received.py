"""Managers are told of a decision that waits for them; a contact from elsewhere knows when it reached the council."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

BEFORE = (
    "'received', 'question', 'reminder', 'reply', 'news', 'outcome', 'opened', 'connection', 'file', 'file_in',"
    " 'harmful', 'harmful_in', 'handed', 'helping', 'joined', 'moved', 'expiring', 'duty', 'unseen', 'undelivered',"
    " 'challenged'"
)


def upgrade() -> None:
    """One kind of notice, one end of it, and one column."""
    _allow("kind", f"{BEFORE}, 'approval'")
    _allow("state", "'pending', 'sent', 'failed', 'overtaken'")
    op.execute("ALTER TABLE referral ADD COLUMN received_at TIMESTAMP WITH TIME ZONE")


def _allow(column: str, values: str) -> None:
    op.execute(f"ALTER TABLE notice DROP CONSTRAINT ck_notice_{column}")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_{column} CHECK ({column} in ({values}))")


def downgrade() -> None:
    """Nobody is told, and nothing was received before it was taken down."""
    op.execute("ALTER TABLE referral DROP COLUMN received_at")
    rls.in_each_council("DELETE FROM notice WHERE kind = 'approval' OR state = 'overtaken'")
    _allow("state", "'pending', 'sent', 'failed'")
    _allow("kind", BEFORE)
