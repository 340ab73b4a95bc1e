"""Urgent reports alert the people on duty, and the managers when nobody acknowledges one."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

BEFORE = (
    "'received', 'question', 'reminder', 'reply', 'news', 'outcome', 'opened', 'connection', 'file', 'file_in',"
    " 'harmful', 'harmful_in', 'handed', 'helping', 'joined', 'moved', 'expiring'"
)


def upgrade() -> None:
    """An alert a report; a notice may be for a mailbox in which nobody in particular reads."""
    op.execute("""
        CREATE TABLE duty_alert (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            raised_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            acknowledged_at TIMESTAMP WITH TIME ZONE,
            acknowledged_by UUID,
            escalated_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_duty_alert PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_duty_alert_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_duty_alert_tenant_id_referral_id UNIQUE (tenant_id, referral_id),
            CONSTRAINT ck_duty_alert_acknowledged CHECK ((acknowledged_at is null) = (acknowledged_by is null)),
            CONSTRAINT fk_duty_alert_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_duty_alert_acknowledged_by FOREIGN KEY(acknowledged_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_duty_alert_open ON duty_alert (tenant_id, raised_at) WHERE acknowledged_at is null")
    rls.protect("duty_alert", "select, insert, update")
    rls.wall_behind_report("duty_alert")
    _kinds(f"{BEFORE}, 'duty', 'unseen'")
    op.execute("""
        ALTER TABLE notice
            ALTER COLUMN account_id DROP NOT NULL,
            ADD COLUMN mailbox VARCHAR,
            ADD CONSTRAINT ck_notice_reader CHECK ((account_id is null) <> (mailbox is null))
    """)


def _kinds(values: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def downgrade() -> None:
    """Nobody is alerted."""
    rls.in_each_council("DELETE FROM notice WHERE kind in ('duty', 'unseen')")
    op.execute("ALTER TABLE notice DROP COLUMN mailbox, ALTER COLUMN account_id SET NOT NULL")
    _kinds(BEFORE)
    op.execute("DROP TABLE duty_alert")
