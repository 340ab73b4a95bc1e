"""An operator looks into a council only with its permission, for some hours."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of permissions."""
    op.execute("""
        CREATE TABLE support_grant (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            purpose VARCHAR NOT NULL,
            reason VARCHAR NOT NULL,
            hours SMALLINT NOT NULL,
            state VARCHAR DEFAULT 'asked' NOT NULL,
            asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            decided_by UUID,
            decided_at TIMESTAMP WITH TIME ZONE,
            until TIMESTAMP WITH TIME ZONE,
            ended_at TIMESTAMP WITH TIME ZONE,
            version INTEGER DEFAULT 1 NOT NULL,
            once UUID NOT NULL,
            CONSTRAINT pk_support_grant PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_support_grant_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT ck_support_grant_state CHECK (state in ('asked', 'approved', 'refused', 'ended')),
            CONSTRAINT ck_support_grant_purpose CHECK (purpose in ('fault', 'check', 'help')),
            CONSTRAINT ck_support_grant_hours CHECK (hours between 1 and 8),
            CONSTRAINT ck_support_grant_approved
                CHECK (state <> 'approved' or (until is not null and decided_by is not null)),
            CONSTRAINT fk_support_grant_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_support_grant_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_support_grant_decided_by FOREIGN KEY(decided_by) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX ix_support_grant_asked on support_grant (tenant_id, account_id) WHERE state = 'asked'
    """)
    rls.protect("support_grant", "select, insert, update")


def downgrade() -> None:
    """Nobody looks."""
    op.execute("drop table support_grant")
