"""Create the councils and their keys."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the councils and their keys."""
    # The application refuses to start on another version than its own, so it may read which one this is.
    rls.allow("alembic_version", "select")
    op.execute("""
        CREATE TABLE council (
            id UUID NOT NULL,
            slug VARCHAR NOT NULL,
            nation VARCHAR NOT NULL,
            settings JSONB NOT NULL,
            folder_hash VARCHAR DEFAULT '' NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_council PRIMARY KEY (id),
            CONSTRAINT ck_council_nation CHECK (nation in ('wales', 'england')),
            CONSTRAINT uq_council_slug UNIQUE (slug)
        )
    """)
    rls.allow("council", "select")
    op.execute("""
        CREATE TABLE council_key (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            wrapped BYTEA NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_council_key PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_council_key_tenant_id_version UNIQUE (tenant_id, version),
            CONSTRAINT fk_council_key_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    rls.protect("council_key", "select")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table council_key")
    op.execute("drop table council")
