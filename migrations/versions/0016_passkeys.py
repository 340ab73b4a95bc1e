"""Create passkeys."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create passkeys."""
    op.execute("""
        CREATE TABLE passkey (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            credential_id BYTEA NOT NULL,
            public_key BYTEA NOT NULL,
            sign_count BIGINT NOT NULL,
            backed_up BOOLEAN NOT NULL,
            name VARCHAR NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_passkey PRIMARY KEY (id),
            CONSTRAINT fk_passkey_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE,
            CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id)
        )
    """)
    op.execute("CREATE INDEX ix_passkey_account_id on passkey (account_id)")
    rls.allow("passkey", "select, insert, update, delete")


def downgrade() -> None:
    """Take it away again."""
    op.execute("drop table passkey")
