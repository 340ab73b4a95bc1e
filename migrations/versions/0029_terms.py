"""The terms of use, version by version, and who has accepted which."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions and acceptances; both only grow."""
    op.execute("""
        CREATE TABLE terms_version (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            number INTEGER NOT NULL,
            words JSONB NOT NULL,
            hash VARCHAR NOT NULL,
            asks BOOLEAN NOT NULL,
            published_by UUID,
            published_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_terms_version PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_terms_version_tenant_id_number UNIQUE (tenant_id, number),
            CONSTRAINT ck_terms_version_first CHECK (number > 1 or asks),
            CONSTRAINT fk_terms_version_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_terms_version_published_by FOREIGN KEY(published_by) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE TABLE terms_acceptance (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            number INTEGER NOT NULL,
            accepted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_terms_acceptance PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_terms_acceptance_tenant_id_account_id_number UNIQUE (tenant_id, account_id, number),
            CONSTRAINT fk_terms_acceptance_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_terms_acceptance_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_terms_acceptance_tenant_id_number
                FOREIGN KEY(tenant_id, number) REFERENCES terms_version (tenant_id, number)
        )
    """)
    for table in ("terms_version", "terms_acceptance"):
        rls.protect(table, "select, insert")


def downgrade() -> None:
    """Nobody is asked any more."""
    op.execute("drop table terms_acceptance")
    op.execute("drop table terms_version")
