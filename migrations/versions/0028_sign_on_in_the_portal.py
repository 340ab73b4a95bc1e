"""Checks of a council's identity providers, which sessions there are whose, and what providers told of signing out."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the newest check of each provider, the provider's name of a session, and the messages that were told."""
    op.execute("ALTER TABLE account_session ADD COLUMN sid VARCHAR DEFAULT '' NOT NULL")
    op.execute("""
        CREATE TABLE sign_on_check (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            provider VARCHAR NOT NULL,
            covers VARCHAR NOT NULL,
            trouble VARCHAR DEFAULT '' NOT NULL,
            about VARCHAR DEFAULT '' NOT NULL,
            facts JSONB DEFAULT '{}' NOT NULL,
            checked_by UUID,
            checked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_sign_on_check PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_sign_on_check_tenant_id_provider UNIQUE (tenant_id, provider),
            CONSTRAINT fk_sign_on_check_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_sign_on_check_checked_by FOREIGN KEY(checked_by) REFERENCES account (id)
        )
    """)
    rls.protect("sign_on_check", "select, insert, delete")
    op.execute("""
        CREATE TABLE sign_out (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            issuer VARCHAR NOT NULL,
            jti VARCHAR NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_sign_out PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_sign_out_tenant_id_issuer_jti UNIQUE (tenant_id, issuer, jti),
            CONSTRAINT fk_sign_out_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    rls.protect("sign_out", "select, insert, delete")


def downgrade() -> None:
    """Forget them."""
    op.execute("drop table sign_out")
    op.execute("drop table sign_on_check")
    op.execute("ALTER TABLE account_session DROP COLUMN sid")
