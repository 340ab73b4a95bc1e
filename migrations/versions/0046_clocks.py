"""Clocks that can stand still and be counted anew: what a report is due by, and when its clock did not run."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Pauses; and from when an open report's time is counted, where that is not its sending."""
    op.execute("""
        ALTER TABLE referral
            ADD COLUMN clock_from TIMESTAMP WITH TIME ZONE,
            ADD COLUMN clock_rank INTEGER,
            ADD COLUMN clock_paused_at TIMESTAMP WITH TIME ZONE
    """)
    # What was taken up again counts from then; what a correction made more urgent keeps the time that it has.
    rls.in_each_council("""
        UPDATE referral SET clock_from = (
            SELECT max(d.replaced_at) FROM decision d
            WHERE d.tenant_id = referral.tenant_id AND d.referral_id = referral.id
        )
        WHERE state in ('screening', 'asked', 'answered')
            AND EXISTS (SELECT FROM decision d
                WHERE d.tenant_id = referral.tenant_id AND d.referral_id = referral.id AND d.replaced_at is not null)
    """)
    op.execute("""
        CREATE TABLE clock_pause (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            why VARCHAR NOT NULL,
            begun_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            ended VARCHAR,
            CONSTRAINT pk_clock_pause PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_clock_pause_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_clock_pause_why CHECK (why in ('question')),
            CONSTRAINT ck_clock_pause_ended CHECK (
                ended in ('answered', 'decided', 'withdrawn', 'released', 'urgent', 'switched_off')
            ),
            CONSTRAINT ck_clock_pause_end CHECK ((ended_at is null) = (ended is null)),
            CONSTRAINT fk_clock_pause_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_clock_pause_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
        )
    """)
    op.execute("CREATE INDEX ix_clock_pause_referral ON clock_pause (tenant_id, referral_id, begun_at)")
    op.execute("""
        CREATE UNIQUE INDEX ix_clock_pause_open ON clock_pause (tenant_id, referral_id) WHERE ended_at is null
    """)
    rls.protect("clock_pause", "select, insert, update")
    rls.wall_between_agencies("clock_pause")
    rls.wall_behind_report("clock_pause")


def downgrade() -> None:
    """Every clock runs."""
    op.execute("DROP TABLE clock_pause")
    op.execute("ALTER TABLE referral DROP COLUMN clock_from, DROP COLUMN clock_rank, DROP COLUMN clock_paused_at")
