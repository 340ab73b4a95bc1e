"""Who of a council has a report open, for some minutes."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

COUNCIL = "(select coalesce(current_setting('app.reach', true), '') = 'council')"


def upgrade() -> None:
    """Unlogged: a page view is no change that must outlive a crash. Only the council's side sees a row."""
    op.execute("""
        CREATE UNLOGGED TABLE presence (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            account_id UUID NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_presence PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_presence_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT uq_presence_tenant_id_referral_id_account_id UNIQUE (tenant_id, referral_id, account_id),
            CONSTRAINT fk_presence_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_presence_account_id FOREIGN KEY(account_id) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_presence_seen ON presence (tenant_id, seen_at)")
    rls.protect("presence", "select, insert, update, delete")
    rls.wall_behind_report("presence")
    op.execute(
        f"create policy presence_council on presence as restrictive for all using ({COUNCIL}) with check ({COUNCIL})"
    )


def downgrade() -> None:
    """Nobody knows."""
    op.execute("DROP TABLE presence")
