"""What the council always says with an outcome is kept with each decision as it was told."""

from __future__ import annotations

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The words below those of the screener, sealed."""
    op.execute("ALTER TABLE decision ADD COLUMN required BYTEA")


def downgrade() -> None:
    """What was always said is no longer kept."""
    op.execute("ALTER TABLE decision DROP COLUMN required")
