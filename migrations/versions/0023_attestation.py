"""Keep when a lead confirmed somebody, when they were warned of being away, and when an address refused mail."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three."""
    op.execute("ALTER TABLE membership ADD COLUMN confirmed_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE membership ADD COLUMN warned_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE account ADD COLUMN mail_failed_at TIMESTAMP WITH TIME ZONE")


def downgrade() -> None:
    """Take them away again."""
    op.execute("ALTER TABLE account DROP COLUMN mail_failed_at")
    op.execute("ALTER TABLE membership DROP COLUMN warned_at")
    op.execute("ALTER TABLE membership DROP COLUMN confirmed_at")
