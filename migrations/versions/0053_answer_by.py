"""Until when an answer is wanted."""

from __future__ import annotations

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A question says until when."""
    op.execute("ALTER TABLE message ADD COLUMN answer_by TIMESTAMP WITH TIME ZONE")


def downgrade() -> None:
    """Without it."""
    op.execute("ALTER TABLE message DROP COLUMN answer_by")
