"""Challenged decisions, level by level, and the notice that somebody challenged one."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

BEFORE = (
    "'received', 'question', 'reminder', 'reply', 'news', 'outcome', 'opened', 'connection', 'file', 'file_in',"
    " 'harmful', 'harmful_in', 'handed', 'helping', 'joined', 'moved', 'expiring', 'duty', 'unseen', 'undelivered'"
)


def upgrade() -> None:
    """Both sides read a challenge, and only of reports that are there for them."""
    op.execute("""
        CREATE TABLE challenge (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            decision_id UUID NOT NULL,
            level INTEGER NOT NULL,
            raised_by UUID NOT NULL,
            raised_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            due_at TIMESTAMP WITH TIME ZONE NOT NULL,
            said BYTEA NOT NULL,
            once UUID NOT NULL,
            answer VARCHAR,
            reply BYTEA,
            answered_by UUID,
            answered_at TIMESTAMP WITH TIME ZONE,
            ended VARCHAR,
            ended_by UUID,
            ended_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_challenge PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_challenge_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_challenge_tenant_id_decision_id FOREIGN KEY(tenant_id, decision_id)
                REFERENCES decision (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_challenge_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT ck_challenge_level CHECK (level >= 1),
            CONSTRAINT ck_challenge_answer CHECK (answer in ('upheld', 'changed')),
            CONSTRAINT ck_challenge_ended CHECK (ended in ('accepted', 'taken_on', 'withdrawn')),
            CONSTRAINT ck_challenge_answered
                CHECK ((answered_at is null) = (answer is null) and (answered_at is null) = (reply is null)),
            CONSTRAINT ck_challenge_end CHECK ((ended_at is null) = (ended is null)),
            CONSTRAINT ck_challenge_order CHECK ((ended = 'withdrawn') = (answered_at is null) or ended is null),
            CONSTRAINT fk_challenge_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_challenge_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_challenge_raised_by FOREIGN KEY(raised_by) REFERENCES account (id),
            CONSTRAINT fk_challenge_answered_by FOREIGN KEY(answered_by) REFERENCES account (id),
            CONSTRAINT fk_challenge_ended_by FOREIGN KEY(ended_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_challenge_referral ON challenge (tenant_id, referral_id, raised_at)")
    op.execute("CREATE UNIQUE INDEX ix_challenge_open ON challenge (tenant_id, referral_id) WHERE ended_at is null")
    op.execute("CREATE INDEX ix_challenge_due ON challenge (tenant_id, due_at) WHERE ended_at is null")
    rls.protect("challenge", "select, insert, update")
    rls.wall_between_agencies("challenge")
    rls.wall_behind_report("challenge")
    _kinds(f"{BEFORE}, 'challenged'")


def _kinds(values: str) -> None:
    op.execute("ALTER TABLE notice DROP CONSTRAINT ck_notice_kind")
    op.execute(f"ALTER TABLE notice ADD CONSTRAINT ck_notice_kind CHECK (kind in ({values}))")


def downgrade() -> None:
    """Nobody challenges."""
    rls.in_each_council("DELETE FROM notice WHERE kind = 'challenged'")
    _kinds(BEFORE)
    op.execute("DROP TABLE challenge")
