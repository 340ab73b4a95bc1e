"""Which of the form's own questions a message asks, and the corrections that answered them."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table behind the report's walls."""
    op.execute("""
        CREATE TABLE asked_question (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            message_id UUID NOT NULL,
            place VARCHAR NOT NULL,
            position INTEGER NOT NULL,
            correction_id UUID,
            CONSTRAINT pk_asked_question PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_asked_question_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_asked_question_tenant_id_message_id FOREIGN KEY(tenant_id, message_id)
                REFERENCES message (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_asked_question_tenant_id_message_id_place UNIQUE (tenant_id, message_id, place),
            CONSTRAINT fk_asked_question_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_asked_question_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
        )
    """)
    op.execute("CREATE INDEX ix_asked_question_referral ON asked_question (tenant_id, referral_id)")
    rls.protect("asked_question", "select, insert, update")
    rls.wall_between_agencies("asked_question")
    rls.wall_behind_report("asked_question")


def downgrade() -> None:
    """Without it: messages keep their words, and corrections stay."""
    op.execute("DROP TABLE asked_question")
