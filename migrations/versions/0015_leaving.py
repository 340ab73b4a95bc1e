"""Let somebody leave: why, when they were last here, whom their reports went to; and how often a request was recalled."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what leaving needs to memberships, and the first author to reports."""
    op.execute("ALTER TABLE membership ADD COLUMN used_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE membership ADD COLUMN why VARCHAR DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE membership ADD COLUMN reminded SMALLINT DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE referral ADD COLUMN first_author_id UUID")
    op.execute(
        "ALTER TABLE referral ADD CONSTRAINT fk_referral_first_author_id"
        " FOREIGN KEY(first_author_id) REFERENCES account (id)"
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE referral DROP COLUMN first_author_id")
    for column in ("reminded", "why", "used_at"):
        op.execute(f"ALTER TABLE membership DROP COLUMN {column}")
