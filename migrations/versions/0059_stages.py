"""Where a report is among the stages of its council's work, and what was ticked of their checklists."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables that are the council's own, behind the report's walls."""
    op.execute("""
        CREATE TABLE stage_visit (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            stage VARCHAR NOT NULL,
            how VARCHAR NOT NULL,
            entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            entered_by UUID,
            minutes INTEGER,
            due_at TIMESTAMP WITH TIME ZONE,
            left_at TIMESTAMP WITH TIME ZONE,
            left_by UUID,
            worked INTEGER,
            undone VARCHAR[] DEFAULT '{}' NOT NULL,
            CONSTRAINT pk_stage_visit PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_stage_visit_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_stage_visit_how CHECK (how in ('arrival', 'claimed', 'chosen', 'decided')),
            CONSTRAINT ck_stage_visit_left CHECK ((left_at is null) = (worked is null)),
            CONSTRAINT ck_stage_visit_clock CHECK ((minutes is null) = (due_at is null)),
            CONSTRAINT fk_stage_visit_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_stage_visit_entered_by FOREIGN KEY(entered_by) REFERENCES account (id),
            CONSTRAINT fk_stage_visit_left_by FOREIGN KEY(left_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_stage_visit_referral ON stage_visit (tenant_id, referral_id, entered_at)")
    op.execute("CREATE UNIQUE INDEX ix_stage_visit_open ON stage_visit (tenant_id, referral_id) WHERE left_at is null")
    op.execute("""
        CREATE TABLE stage_tick (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            stage VARCHAR NOT NULL,
            item VARCHAR NOT NULL,
            ticked_by UUID NOT NULL,
            ticked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            undone_by UUID,
            undone_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_stage_tick PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_stage_tick_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_stage_tick_undone CHECK ((undone_at is null) = (undone_by is null)),
            CONSTRAINT fk_stage_tick_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_stage_tick_ticked_by FOREIGN KEY(ticked_by) REFERENCES account (id),
            CONSTRAINT fk_stage_tick_undone_by FOREIGN KEY(undone_by) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX ix_stage_tick_now ON stage_tick (tenant_id, referral_id, stage, item)
        WHERE undone_at is null
    """)
    for table in ("stage_visit", "stage_tick"):
        rls.protect(table, "select, insert, update")
        rls.wall_of_council(table)
        rls.wall_behind_report(table)


def downgrade() -> None:
    """Without them: which stages a report was at is gone."""
    op.execute("DROP TABLE stage_tick")
    op.execute("DROP TABLE stage_visit")
