"""After sending: added information, corrections, requests to withdraw, and a report that is decided again."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

HANGING = ("correction", "withdrawal")


def upgrade() -> None:
    """Let a report go on after it was sent, and after it was decided."""
    op.execute("""
        ALTER TABLE message ADD COLUMN kind VARCHAR DEFAULT 'message' NOT NULL,
            ADD CONSTRAINT ck_message_kind CHECK (kind in ('message', 'addition', 'correction'))
    """)
    op.execute("""
        ALTER TABLE referral
            ADD COLUMN new_since TIMESTAMP WITH TIME ZONE,
            ADD COLUMN withdrawal_asked_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN rules_now VARCHAR,
            ADD CONSTRAINT ck_referral_rules_now
                CHECK (rules_now in ('MASH_URGENT', 'MASH', 'EARLY_HELP', 'ADVICE', 'INFORMATION'))
    """)
    op.execute("CREATE INDEX ix_referral_news ON referral (tenant_id, new_since) WHERE new_since is not null")
    op.execute("""
        CREATE INDEX ix_referral_withdrawn
        ON referral (tenant_id, urgency desc, queued_at desc, id desc) WHERE state = 'withdrawn'
    """)
    _corrections()
    _withdrawals()
    for table in HANGING:
        rls.wall_between_agencies(table)
        rls.wall_behind_report(table)
    op.execute("ALTER TABLE decision ADD COLUMN replaced_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE decision DROP CONSTRAINT uq_decision_tenant_id_referral_id")
    op.execute("CREATE INDEX ix_decision_referral ON decision (tenant_id, referral_id)")
    op.execute("CREATE UNIQUE INDEX ix_decision_now ON decision (tenant_id, referral_id) WHERE replaced_at is null")


def _corrections() -> None:
    op.execute("""
        CREATE TABLE correction (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            place VARCHAR NOT NULL,
            words BYTEA NOT NULL,
            corrected_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            rules_now VARCHAR,
            CONSTRAINT pk_correction PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_correction_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_correction_rules_now
                CHECK (rules_now in ('MASH_URGENT', 'MASH', 'EARLY_HELP', 'ADVICE', 'INFORMATION')),
            CONSTRAINT fk_correction_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_correction_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
        )
    """)
    op.execute("CREATE INDEX ix_correction_referral ON correction (tenant_id, referral_id, corrected_at)")
    rls.protect("correction", "select, insert")


def _withdrawals() -> None:
    op.execute("""
        CREATE TABLE withdrawal (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            asked_by UUID NOT NULL,
            asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            reason VARCHAR NOT NULL,
            words BYTEA,
            answered_by UUID,
            answered_at TIMESTAMP WITH TIME ZONE,
            accepted BOOLEAN,
            CONSTRAINT pk_withdrawal PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_withdrawal_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_withdrawal_reason
                CHECK (reason in ('sent_twice', 'wrong_child', 'wrong_council', 'told_otherwise', 'other')),
            CONSTRAINT ck_withdrawal_answered CHECK ((answered_at is null) = (accepted is null)),
            CONSTRAINT fk_withdrawal_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_withdrawal_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_withdrawal_asked_by FOREIGN KEY(asked_by) REFERENCES account (id),
            CONSTRAINT fk_withdrawal_answered_by FOREIGN KEY(answered_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_withdrawal_referral ON withdrawal (tenant_id, referral_id, asked_at)")
    op.execute(
        "CREATE UNIQUE INDEX ix_withdrawal_open ON withdrawal (tenant_id, referral_id) WHERE answered_at is null"
    )
    rls.protect("withdrawal", "select, insert, update")


def downgrade() -> None:
    """Take it all away again: of several decisions the last remains, and what was added is a message like others."""
    rls.in_each_council("delete from decision where replaced_at is not null")
    op.execute("DROP INDEX ix_decision_now")
    op.execute("DROP INDEX ix_decision_referral")
    op.execute("ALTER TABLE decision DROP COLUMN replaced_at")
    op.execute("ALTER TABLE decision ADD CONSTRAINT uq_decision_tenant_id_referral_id UNIQUE (tenant_id, referral_id)")
    for table in HANGING:
        op.execute(f"drop table {table}")
    op.execute("DROP INDEX ix_referral_withdrawn")
    op.execute("DROP INDEX ix_referral_news")
    op.execute("ALTER TABLE referral DROP COLUMN new_since, DROP COLUMN withdrawal_asked_at, DROP COLUMN rules_now")
    op.execute("ALTER TABLE message DROP COLUMN kind")
