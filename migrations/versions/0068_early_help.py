"""Offers to early-help teams, the role of their people, and the notices of both sides."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

KINDS = (
    "'received', 'question', 'reminder', 'reply', 'news', 'outcome', 'opened', 'connection', 'file', 'file_in',"
    " 'harmful', 'harmful_in', 'handed', 'helping', 'joined', 'moved', 'expiring', 'duty', 'unseen', 'undelivered',"
    " 'challenged', 'approval', 'challenge_due', 'hub', 'hub_in'"
)
ROLES = "'referrer', 'agency_lead', 'screener', 'practice_manager', 'form_designer', 'council_admin'"


def upgrade() -> None:
    """Both sides read how an offer stands, and only of reports that are there for them."""
    op.execute("""
        CREATE TABLE early_help_offer (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            decision_id UUID NOT NULL,
            team VARCHAR NOT NULL,
            state VARCHAR DEFAULT 'offered' NOT NULL,
            consent VARCHAR NOT NULL,
            said BYTEA NOT NULL,
            once UUID NOT NULL,
            offered_by UUID NOT NULL,
            offered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            due_at TIMESTAMP WITH TIME ZONE NOT NULL,
            answered_by UUID,
            answered_at TIMESTAMP WITH TIME ZONE,
            reason VARCHAR,
            reply BYTEA,
            ended_by UUID,
            ended_at TIMESTAMP WITH TIME ZONE,
            result VARCHAR,
            closing BYTEA,
            settled_by UUID,
            settled_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_early_help_offer PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_early_help_offer_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_early_help_offer_tenant_id_decision_id FOREIGN KEY(tenant_id, decision_id)
                REFERENCES decision (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_early_help_offer_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT ck_early_help_offer_state
                CHECK (state in ('offered', 'accepted', 'declined', 'done', 'taken_back')),
            CONSTRAINT ck_early_help_offer_consent
                CHECK (consent in ('given', 'overridden', 'agreed_since', 'without')),
            CONSTRAINT ck_early_help_offer_reason
                CHECK (reason in ('no_agreement', 'below', 'above', 'already', 'elsewhere', 'full', 'other')),
            CONSTRAINT ck_early_help_offer_result CHECK (
                result in ('met', 'partly', 'family_ended', 'no_contact', 'stepped_up', 'moved', 'other')),
            CONSTRAINT ck_early_help_offer_declined CHECK ((state = 'declined') = (reason is not null)),
            CONSTRAINT ck_early_help_offer_done CHECK ((state = 'done') = (result is not null)),
            CONSTRAINT ck_early_help_offer_answered
                CHECK ((state in ('accepted', 'declined', 'done')) = (answered_at is not null)),
            CONSTRAINT ck_early_help_offer_ended CHECK ((state in ('done', 'taken_back')) = (ended_at is not null)),
            CONSTRAINT ck_early_help_offer_settled CHECK (settled_at is null or state in ('declined', 'done')),
            CONSTRAINT fk_early_help_offer_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_early_help_offer_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_early_help_offer_offered_by FOREIGN KEY(offered_by) REFERENCES account (id),
            CONSTRAINT fk_early_help_offer_answered_by FOREIGN KEY(answered_by) REFERENCES account (id),
            CONSTRAINT fk_early_help_offer_ended_by FOREIGN KEY(ended_by) REFERENCES account (id),
            CONSTRAINT fk_early_help_offer_settled_by FOREIGN KEY(settled_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_early_help_offer_referral ON early_help_offer (tenant_id, referral_id, offered_at)")
    op.execute("CREATE INDEX ix_early_help_offer_state ON early_help_offer (tenant_id, state, due_at)")
    op.execute(
        "CREATE UNIQUE INDEX ix_early_help_offer_open ON early_help_offer (tenant_id, referral_id)"
        " WHERE state in ('offered', 'accepted')"
    )
    rls.protect("early_help_offer", "select, insert, update")
    rls.wall_between_agencies("early_help_offer")
    rls.wall_behind_report("early_help_offer")
    _allowed("notice", "kind", f"{KINDS}, 'help_offered', 'help_answered'")
    for table in ("membership", "invitation"):
        _allowed(table, "role", f"{ROLES}, 'early_help_worker'")


def _allowed(table: str, column: str, values: str) -> None:
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{column}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{column} CHECK ({column} in ({values}))")


def downgrade() -> None:
    """Nobody is handed to early help."""
    rls.in_each_council("DELETE FROM notice WHERE kind in ('help_offered', 'help_answered')")
    _allowed("notice", "kind", KINDS)
    rls.in_each_council(
        "DELETE FROM invitation WHERE role = 'early_help_worker'",
        "UPDATE membership SET role = 'screener', state = 'ended' WHERE role = 'early_help_worker'",
    )
    for table in ("membership", "invitation"):
        _allowed(table, "role", ROLES)
    op.execute("DROP TABLE early_help_offer")
