"""Let a report be one of three kinds of form, and a request for information have a route of its own."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = "'MASH_URGENT', 'MASH', 'EARLY_HELP', 'ADVICE'"
AFTER = "'MASH_URGENT', 'MASH', 'EARLY_HELP', 'ADVICE', 'INFORMATION'"


def upgrade() -> None:
    """Add the form's key to each report, and the route of requests for information."""
    op.execute("ALTER TABLE referral ADD COLUMN form_key VARCHAR DEFAULT 'concern' NOT NULL")
    _routes(AFTER)


def _routes(names: str) -> None:
    for table in ("referral", "decision"):
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_route")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_route CHECK (route in ({names}))")


def downgrade() -> None:
    """Take both away again."""
    _routes(BEFORE)
    op.execute("ALTER TABLE referral DROP COLUMN form_key")
