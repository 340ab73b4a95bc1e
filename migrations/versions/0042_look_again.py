"""Find the ready files that were judged with older signatures, the newest first."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of what people may open."""
    op.execute("CREATE INDEX ix_stored_file_ready ON stored_file (tenant_id, created_at) WHERE state = 'ready'")


def downgrade() -> None:
    """Without it."""
    op.execute("DROP INDEX ix_stored_file_ready")
