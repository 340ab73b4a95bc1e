"""A search by an agency, a category or a colleague is shown in the order of the holding area, closed ones too."""

from __future__ import annotations

from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

_OF = (("agency", "agency_id"), ("category", "category"), ("owner", "owner_id"))


def upgrade() -> None:
    """An index of each."""
    for name, column in _OF:
        op.execute(
            f"CREATE INDEX ix_referral_of_{name} ON referral (tenant_id, {column}, queue_rank, due_at, id)"
            " WHERE state <> 'draft'"
        )


def downgrade() -> None:
    """Without them."""
    for name, _column in _OF:
        op.execute(f"DROP INDEX ix_referral_of_{name}")
