"""Remember for some weeks which emails may still come back, so that a mailbox that is gone is noticed later, too."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row an email; the address is not in it."""
    op.execute("""
        CREATE TABLE sent_mail (
            token_hash VARCHAR NOT NULL,
            account_id UUID NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            returned_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_sent_mail PRIMARY KEY (token_hash),
            CONSTRAINT fk_sent_mail_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_sent_mail_sent_at ON sent_mail (sent_at)")
    op.execute("CREATE INDEX ix_sent_mail_account_id ON sent_mail (account_id)")
    rls.allow("sent_mail", "select, insert, update, delete")


def downgrade() -> None:
    """What was sent is forgotten."""
    op.execute("DROP TABLE sent_mail")
