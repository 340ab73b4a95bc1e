"""Find the kept numbers by their kind first: whoever asks for tabs or the dashboard passes those of hit rates by."""

from __future__ import annotations

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index begins with the kind."""
    op.execute("CREATE INDEX ix_tally_kind ON tally (tenant_id, kind, day)")
    op.execute("DROP INDEX ix_tally_day")


def downgrade() -> None:
    """By day alone."""
    op.execute("CREATE INDEX ix_tally_day ON tally (tenant_id, day)")
    op.execute("DROP INDEX ix_tally_kind")
