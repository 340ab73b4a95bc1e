"""The pictures that councils show as their logos."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Kept under their digests; the table only grows, so that older settings can be brought back."""
    op.execute("""
        CREATE TABLE council_logo (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            digest VARCHAR NOT NULL,
            content BYTEA NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_council_logo PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_council_logo_tenant_id_digest UNIQUE (tenant_id, digest),
            CONSTRAINT ck_council_logo_size CHECK (length(content) <= 500000),
            CONSTRAINT fk_council_logo_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    rls.protect("council_logo", "select, insert")


def downgrade() -> None:
    """Nobody has a logo any more."""
    op.execute("drop table council_logo")
