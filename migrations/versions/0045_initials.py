"""Find the reports about a child with certain initials."""

from __future__ import annotations

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index for the search of the holding area."""
    op.execute("CREATE INDEX ix_referral_initials ON referral (tenant_id, initials)")


def downgrade() -> None:
    """Without it."""
    op.execute("DROP INDEX ix_referral_initials")
