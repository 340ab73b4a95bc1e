"""Parcels for the council's case system, each try to deliver one, and what of it was collected."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

DECLINED = "'unauthorised', 'not_found', 'too_large', 'bad_request', 'host_key', 'no_space', 'other'"
KINDS = (
    "'received', 'question', 'reminder', 'reply', 'news', 'outcome', 'opened', 'connection', 'file', 'file_in',"
    " 'harmful', 'harmful_in', 'handed', 'helping', 'joined', 'moved', 'expiring', 'duty', 'unseen'"
)
TABLES = ("parcel", "parcel_attempt", "parcel_collected")


def upgrade() -> None:
    """The tables behind the council's wall, which no agency passes, and behind the walls of their reports."""
    op.execute(f"""
        CREATE TABLE parcel (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            decision_id UUID NOT NULL,
            event VARCHAR NOT NULL,
            state VARCHAR DEFAULT 'waiting' NOT NULL,
            tries INTEGER DEFAULT '0' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            since TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            next_try_at TIMESTAMP WITH TIME ZONE,
            by_hand BOOLEAN DEFAULT false NOT NULL,
            lease UUID,
            leased_until TIMESTAMP WITH TIME ZONE,
            reason VARCHAR,
            delivered_at TIMESTAMP WITH TIME ZONE,
            delivered_by VARCHAR,
            copied_by UUID,
            record_number BYTEA,
            version INTEGER DEFAULT '1' NOT NULL,
            CONSTRAINT pk_parcel PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_parcel_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_parcel_tenant_id_decision_id FOREIGN KEY(tenant_id, decision_id)
                REFERENCES decision (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_parcel_tenant_id_decision_id UNIQUE (tenant_id, decision_id),
            CONSTRAINT ck_parcel_event CHECK (event in ('decided', 'corrected')),
            CONSTRAINT ck_parcel_state CHECK (
                state in ('waiting', 'sending', 'delivered', 'refused', 'given_up', 'superseded')),
            CONSTRAINT ck_parcel_reason CHECK (reason in ({DECLINED}, 'unavailable', 'broken', 'not_collected')),
            CONSTRAINT ck_parcel_delivered_by CHECK (delivered_by in ('copied', 'push', 'sftp')),
            CONSTRAINT ck_parcel_delivered CHECK ((state = 'delivered') = (delivered_at is not null)),
            CONSTRAINT ck_parcel_lease CHECK ((state = 'sending') = (lease is not null)),
            CONSTRAINT fk_parcel_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_parcel_copied_by FOREIGN KEY(copied_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_parcel_referral ON parcel (tenant_id, referral_id, created_at)")
    op.execute("CREATE INDEX ix_parcel_list ON parcel (tenant_id, state, created_at, id)")
    op.execute("""
        CREATE INDEX ix_parcel_undelivered ON parcel (tenant_id, next_try_at) WHERE state in ('waiting', 'sending')
    """)
    op.execute(f"""
        CREATE TABLE parcel_attempt (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            parcel_id UUID NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            outcome VARCHAR NOT NULL,
            took INTEGER NOT NULL,
            CONSTRAINT pk_parcel_attempt PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_parcel_attempt_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_parcel_attempt_tenant_id_parcel_id FOREIGN KEY(tenant_id, parcel_id)
                REFERENCES parcel (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_parcel_attempt_outcome CHECK (
                outcome in ('delivered', 'told', 'unavailable', 'broken', {DECLINED})),
            CONSTRAINT fk_parcel_attempt_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    op.execute("CREATE INDEX ix_parcel_attempt_parcel ON parcel_attempt (tenant_id, parcel_id, at)")
    op.execute("""
        CREATE TABLE parcel_collected (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            parcel_id UUID NOT NULL,
            name VARCHAR NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_parcel_collected PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_parcel_collected_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_parcel_collected_tenant_id_parcel_id FOREIGN KEY(tenant_id, parcel_id)
                REFERENCES parcel (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_parcel_collected_tenant_id_parcel_id_name UNIQUE (tenant_id, parcel_id, name),
            CONSTRAINT fk_parcel_collected_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    _kinds(f"{KINDS}, 'undelivered'")
    rls.protect("parcel", "select, insert, update")
    rls.protect("parcel_attempt", "select, insert")
    rls.protect("parcel_collected", "select, insert, update")
    for table in TABLES:
        rls.wall_of_council(table)
        rls.wall_behind_report(table)


def _kinds(values: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def downgrade() -> None:
    """Without them: what was on its way is forgotten."""
    rls.in_each_council("DELETE FROM notice WHERE kind = 'undelivered'")
    _kinds(KINDS)
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
