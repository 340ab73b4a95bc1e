"""What stands beside a report is found by it: the page of a report counts it, and deleting one looks for it."""

from __future__ import annotations

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_hub_access_referral", "hub_access", "referral_id"),
    ("ix_hub_message_referral", "hub_message", "referral_id"),
    ("ix_early_help_offer_decision", "early_help_offer", "decision_id"),
)


def upgrade() -> None:
    """An index for each."""
    for name, table, column in INDEXES:
        op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, {column})")


def downgrade() -> None:
    """None of them."""
    for name, _table, _column in INDEXES:
        op.execute(f"DROP INDEX {name}")
