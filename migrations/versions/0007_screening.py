"""Create decisions."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create decisions."""
    op.execute("""
        CREATE TABLE decision (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            outcome VARCHAR NOT NULL,
            route VARCHAR NOT NULL,
            rationale BYTEA NOT NULL,
            told BYTEA NOT NULL,
            decided_by UUID NOT NULL,
            decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_decision PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_decision_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id) REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_decision_tenant_id_referral_id UNIQUE (tenant_id, referral_id),
            CONSTRAINT ck_decision_route CHECK (route in ('MASH_URGENT', 'MASH', 'EARLY_HELP', 'ADVICE')),
            CONSTRAINT fk_decision_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_decision_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_decision_decided_by FOREIGN KEY(decided_by) REFERENCES account (id)
        )
    """)
    rls.protect("decision", "select, insert, update")
    rls.wall_between_agencies("decision")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table decision")
