"""Let people know their sessions again: the browser's words and the network, and the devices that each person has used."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a session's list shows, and the devices."""
    op.execute("ALTER TABLE account_session ADD COLUMN agent VARCHAR DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE account_session ADD COLUMN network VARCHAR DEFAULT '' NOT NULL")
    op.execute("""
        CREATE TABLE known_device (
            account_id UUID NOT NULL,
            mark VARCHAR NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_known_device PRIMARY KEY (account_id, mark),
            CONSTRAINT fk_known_device_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
        )
    """)
    rls.allow("known_device", "select, insert, update, delete")


def downgrade() -> None:
    """Take both away again."""
    op.execute("drop table known_device")
    op.execute("ALTER TABLE account_session DROP COLUMN network")
    op.execute("ALTER TABLE account_session DROP COLUMN agent")
