"""Let a code prove the mailbox of somebody who has forgotten their password."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KNOWN = "'register', 'sign_in', 'join', 'sign_on', 'email'"


def _purposes(names: str) -> None:
    op.execute("ALTER TABLE one_time_code DROP CONSTRAINT ck_one_time_code_purpose")
    op.execute(f"ALTER TABLE one_time_code ADD CONSTRAINT ck_one_time_code_purpose CHECK (purpose in ({names}))")


def upgrade() -> None:
    """Add the purpose."""
    _purposes(f"{KNOWN}, 'forgotten'")


def downgrade() -> None:
    """Take it away again, with the codes that have it."""
    op.execute("delete from one_time_code where purpose = 'forgotten'")
    _purposes(KNOWN)
