"""The key pairs by which a council's file server knows the portal."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table behind the council's wall, which no agency passes."""
    op.execute("""
        CREATE TABLE case_system_key (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            wrapped_key BYTEA NOT NULL,
            private BYTEA NOT NULL,
            public VARCHAR NOT NULL,
            made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_case_system_key PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_case_system_key_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    rls.protect("case_system_key", "select, insert, update, delete")
    rls.wall_of_council("case_system_key")


def downgrade() -> None:
    """Without it: councils make new keys."""
    op.execute("DROP TABLE case_system_key")
