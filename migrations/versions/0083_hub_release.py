"""What is held in the hub stays with its writer's agency, and the council shows it to the other partners."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

_COUNCIL = "(select coalesce(current_setting('app.reach', true), '') = 'council')"
_AGENCY = "(select nullif(current_setting('app.agency_id', true), '')::uuid)"


def upgrade() -> None:
    """A partner does not learn by what vanishes that their words hit a secret; who released what is the council's."""
    op.execute("ALTER TABLE hub_message ADD COLUMN released_at TIMESTAMP WITH TIME ZONE")
    _held(f"{_COUNCIL} or held_at is null or agency_id = {_AGENCY}")
    op.execute("""
        CREATE TABLE hub_release (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            message_id UUID NOT NULL,
            why BYTEA NOT NULL,
            released_by UUID NOT NULL,
            released_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_hub_release PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_hub_release_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_release_tenant_id_message_id FOREIGN KEY(tenant_id, message_id)
                REFERENCES hub_message (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_release_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_hub_release_released_by FOREIGN KEY(released_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_hub_release_message ON hub_release (tenant_id, message_id, released_at)")
    op.execute("CREATE INDEX ix_hub_release_referral ON hub_release (tenant_id, referral_id)")
    rls.protect("hub_release", "select, insert")
    rls.wall_of_council("hub_release")
    rls.wall_behind_report("hub_release")


def _held(seen: str) -> None:
    op.execute("DROP POLICY hub_message_held ON hub_message")
    op.execute(
        f"create policy hub_message_held on hub_message as restrictive for all using ({seen}) with check ({seen})"
    )


def downgrade() -> None:
    """What is held is the council's alone again; what was shown stays shown."""
    op.execute("DROP TABLE hub_release")
    _held(f"{_COUNCIL} or held_at is null")
    op.execute("ALTER TABLE hub_message DROP COLUMN released_at")
