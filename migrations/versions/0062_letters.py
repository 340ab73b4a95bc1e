"""Letters to parents and carers: sealed with the report, for the council alone."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The table behind the council's wall, which no agency passes."""
    op.execute("""
        CREATE TABLE letter (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            template VARCHAR NOT NULL,
            language VARCHAR NOT NULL,
            body BYTEA NOT NULL,
            once UUID NOT NULL,
            made_by UUID NOT NULL,
            made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            sent_by UUID,
            sent_at TIMESTAMP WITH TIME ZONE,
            sent_how VARCHAR,
            withdrawn_by UUID,
            withdrawn_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_letter PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_letter_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_letter_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT ck_letter_language CHECK (language in ('en', 'cy', 'both')),
            CONSTRAINT ck_letter_sent_how CHECK (sent_how in ('post', 'hand')),
            CONSTRAINT ck_letter_sent CHECK (
                (sent_at is null) = (sent_by is null) and (sent_at is null) = (sent_how is null)),
            CONSTRAINT ck_letter_withdrawn CHECK ((withdrawn_at is null) = (withdrawn_by is null)),
            CONSTRAINT ck_letter_one_end CHECK (sent_at is null or withdrawn_at is null),
            CONSTRAINT fk_letter_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_letter_made_by FOREIGN KEY(made_by) REFERENCES account (id),
            CONSTRAINT fk_letter_sent_by FOREIGN KEY(sent_by) REFERENCES account (id),
            CONSTRAINT fk_letter_withdrawn_by FOREIGN KEY(withdrawn_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_letter_referral ON letter (tenant_id, referral_id, made_at)")
    rls.protect("letter", "select, insert, update")
    rls.wall_of_council("letter")
    rls.wall_behind_report("letter")


def downgrade() -> None:
    """No letters."""
    op.execute("DROP TABLE letter")
