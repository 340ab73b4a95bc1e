"""A decision that waits for a second person, and one that corrects another."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let decisions be proposed, approved and corrected."""
    op.execute("""
        ALTER TABLE decision
            ADD COLUMN approved_by UUID,
            ADD COLUMN corrects UUID,
            ADD COLUMN why BYTEA,
            ADD CONSTRAINT fk_decision_approved_by FOREIGN KEY(approved_by) REFERENCES account (id),
            ADD CONSTRAINT ck_decision_two_people CHECK (approved_by <> decided_by)
    """)
    op.execute("ALTER TABLE referral ADD COLUMN approval_asked_at TIMESTAMP WITH TIME ZONE")
    op.execute("CREATE INDEX ix_referral_approval ON referral (tenant_id) WHERE approval_asked_at is not null")
    op.execute("""
        CREATE TABLE proposal (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            outcome VARCHAR NOT NULL,
            given BYTEA NOT NULL,
            seen INTEGER NOT NULL,
            proposed_by UUID NOT NULL,
            proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            result VARCHAR,
            settled_by UUID,
            settled_at TIMESTAMP WITH TIME ZONE,
            words BYTEA,
            CONSTRAINT pk_proposal PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_proposal_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_proposal_result CHECK (result in ('approved', 'sent_back', 'withdrawn', 'overtaken')),
            CONSTRAINT ck_proposal_settled CHECK ((settled_at is null) = (result is null)),
            CONSTRAINT ck_proposal_two_people CHECK (result <> 'approved' or settled_by <> proposed_by),
            CONSTRAINT fk_proposal_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_proposal_proposed_by FOREIGN KEY(proposed_by) REFERENCES account (id),
            CONSTRAINT fk_proposal_settled_by FOREIGN KEY(settled_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_proposal_referral ON proposal (tenant_id, referral_id, proposed_at)")
    op.execute("CREATE UNIQUE INDEX ix_proposal_open ON proposal (tenant_id, referral_id) WHERE settled_at is null")
    rls.protect("proposal", "select, insert, update")
    rls.wall_behind_report("proposal")


def downgrade() -> None:
    """Without them: what waits for approval has to be decided again."""
    op.execute("drop table proposal")
    op.execute("DROP INDEX ix_referral_approval")
    op.execute("ALTER TABLE referral DROP COLUMN approval_asked_at")
    op.execute("ALTER TABLE decision DROP COLUMN approved_by, DROP COLUMN corrects, DROP COLUMN why")
