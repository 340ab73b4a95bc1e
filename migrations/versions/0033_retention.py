"""Reports go after their council's years: holds, the day of warning, and indexes by which a report's rows are found."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = ("notice", "restriction", "opened_record")


def upgrade() -> None:
    """Let a report be held, and be deleted quickly with all that hangs on it."""
    op.execute("""
        ALTER TABLE referral
            ADD COLUMN held_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN held_by UUID,
            ADD COLUMN hold_words BYTEA,
            ADD COLUMN warned_on DATE,
            ADD CONSTRAINT fk_referral_held_by FOREIGN KEY(held_by) REFERENCES account (id)
    """)
    for table in TABLES:
        op.execute(f"CREATE INDEX ix_{table}_referral ON {table} (tenant_id, referral_id)")


def downgrade() -> None:
    """Nothing is held, and nothing goes."""
    for table in TABLES:
        op.execute(f"DROP INDEX ix_{table}_referral")
    op.execute(
        "ALTER TABLE referral DROP COLUMN held_at, DROP COLUMN held_by, DROP COLUMN hold_words, DROP COLUMN warned_on"
    )
