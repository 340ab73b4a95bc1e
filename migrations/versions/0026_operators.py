"""The operators of the instance: who they are, and the link with which each sets up signing in once."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the application may read it and use a link up, never make an operator."""
    op.execute("""
        CREATE TABLE instance_operator (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            added_by VARCHAR NOT NULL,
            since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            wrapped_key BYTEA NOT NULL,
            token_hash VARCHAR NOT NULL,
            link_expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            link_used_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_instance_operator PRIMARY KEY (id),
            CONSTRAINT uq_instance_operator_token_hash UNIQUE (token_hash),
            CONSTRAINT fk_instance_operator_account_id FOREIGN KEY(account_id) REFERENCES account (id)
        )
    """)
    op.execute("CREATE UNIQUE INDEX ix_instance_operator_live ON instance_operator (account_id) WHERE ended_at IS NULL")
    rls.allow("instance_operator", "select, update (link_used_at)")


def downgrade() -> None:
    """Nobody is an operator any more."""
    op.execute("drop table instance_operator")
