"""Create rate limits and the demonstration outbox."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create rate limits and the demonstration outbox."""
    op.execute("""
        CREATE UNLOGGED TABLE rate_limit (
            key VARCHAR NOT NULL,
            hits INTEGER NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_rate_limit PRIMARY KEY (key)
        )
    """)
    rls.allow("rate_limit", "select, insert, update, delete")
    op.execute("""
        CREATE TABLE outbox_mail (
            id UUID NOT NULL,
            recipient VARCHAR NOT NULL,
            subject VARCHAR NOT NULL,
            body VARCHAR NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_outbox_mail PRIMARY KEY (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_outbox_mail_sent_at
        on outbox_mail (sent_at)
    """)
    rls.allow("outbox_mail", "select, insert, delete")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table outbox_mail")
    op.execute("drop table rate_limit")
