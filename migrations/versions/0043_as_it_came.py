"""Know a file by its bytes as they came, too: a picture is written anew, and the same one may be chosen again."""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

# The walls hold for the owner, too: each council's rows are there for that council.
BACKFILL = """
DO $$
DECLARE c uuid;
BEGIN
    FOR c IN SELECT id FROM council LOOP
        PERFORM set_config('app.tenant_id', c::text, true), set_config('app.reach', 'council', true);
        UPDATE stored_file SET came_as = sha256;
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true), set_config('app.reach', '', true);
END $$
"""


def upgrade() -> None:
    """Of files that were here before, what is known of their bytes now."""
    op.execute("ALTER TABLE stored_file ADD COLUMN came_as VARCHAR DEFAULT '' NOT NULL")
    op.execute(BACKFILL)


def downgrade() -> None:
    """Only the bytes that are given out."""
    op.execute("ALTER TABLE stored_file DROP COLUMN came_as")
