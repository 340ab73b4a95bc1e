"""Create messages on a report."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create messages on a report."""
    op.execute("""
        CREATE TABLE message (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            agency_id UUID NOT NULL,
            author_id UUID NOT NULL,
            side VARCHAR NOT NULL,
            body BYTEA NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            read_at TIMESTAMP WITH TIME ZONE,
            once UUID NOT NULL,
            CONSTRAINT pk_message PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_message_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id) REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_message_tenant_id_once UNIQUE (tenant_id, once),
            CONSTRAINT ck_message_side CHECK (side in ('council', 'agency')),
            CONSTRAINT fk_message_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_message_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_message_author_id FOREIGN KEY(author_id) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_message_thread
        on message (tenant_id, referral_id, sent_at)
    """)
    rls.protect("message", "select, insert, update")
    rls.wall_between_agencies("message")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table message")
