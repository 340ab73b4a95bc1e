"""Facts of a child follow a correction: what they were stays, and is not counted as another child."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

POSITION = "uq_referral_child_tenant_id_referral_id_position"


def upgrade() -> None:
    """One row of each child holds; those before it say until when they did."""
    op.execute("ALTER TABLE referral_child ADD superseded_at TIMESTAMP WITH TIME ZONE")
    op.execute(f"ALTER TABLE referral_child DROP CONSTRAINT {POSITION}")
    op.execute(
        "CREATE UNIQUE INDEX ix_referral_child_position ON referral_child (tenant_id, referral_id, position) "
        "WHERE superseded_at IS NULL"
    )


def downgrade() -> None:
    """What the facts were before a correction is forgotten."""
    rls.in_each_council("DELETE FROM referral_child WHERE superseded_at IS NOT NULL")
    op.execute("DROP INDEX ix_referral_child_position")
    op.execute("ALTER TABLE referral_child DROP superseded_at")
    op.execute(f"ALTER TABLE referral_child ADD CONSTRAINT {POSITION} UNIQUE (tenant_id, referral_id, position)")
