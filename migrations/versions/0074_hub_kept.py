"""What partners read in the hub follows what the report keeps secret, is shared anew, and is listed by a short line."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

_COUNCIL = "(select coalesce(current_setting('app.reach', true), '') = 'council')"
WHY = "'place', 'name', 'contact'"
# What was opened before took in every correction of before.
COUNT = """
    UPDATE hub_access a SET corrections = (
        SELECT count(*) FROM correction x
         WHERE x.tenant_id = a.tenant_id AND x.referral_id = a.referral_id AND x.corrected_at <= a.opened_at
    )
"""


def upgrade() -> None:
    """Former versions are the council's alone, and so is a message that came to give a secret away."""
    op.execute(f"""
        ALTER TABLE hub_access ADD COLUMN listed BYTEA, ADD COLUMN corrections INTEGER DEFAULT '0' NOT NULL,
            ADD COLUMN changed_by UUID, ADD COLUMN changed_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN kept_at TIMESTAMP WITH TIME ZONE, ADD COLUMN kept_why VARCHAR,
            ADD CONSTRAINT ck_hub_access_kept_why CHECK (kept_why in ({WHY})),
            ADD CONSTRAINT fk_hub_access_changed_by FOREIGN KEY(changed_by) REFERENCES account (id)
    """)
    rls.in_each_council(COUNT)
    op.execute("ALTER TABLE hub_message ADD COLUMN held_at TIMESTAMP WITH TIME ZONE")
    op.execute(
        "create policy hub_message_held on hub_message as restrictive for all"
        f" using ({_COUNCIL} or held_at is null) with check ({_COUNCIL} or held_at is null)"
    )
    op.execute(f"""
        CREATE TABLE hub_former (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            referral_id UUID NOT NULL,
            access_id UUID NOT NULL,
            shared BYTEA NOT NULL,
            why VARCHAR NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_hub_former PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_hub_former_tenant_id_referral_id FOREIGN KEY(tenant_id, referral_id)
                REFERENCES referral (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT fk_hub_former_tenant_id_access_id FOREIGN KEY(tenant_id, access_id)
                REFERENCES hub_access (tenant_id, id) ON DELETE CASCADE,
            CONSTRAINT ck_hub_former_why CHECK (why in ('anew', {WHY})),
            CONSTRAINT fk_hub_former_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    op.execute("CREATE INDEX ix_hub_former_access ON hub_former (tenant_id, access_id, ended_at)")
    op.execute("CREATE INDEX ix_hub_former_referral ON hub_former (tenant_id, referral_id)")
    rls.protect("hub_former", "select, insert")
    rls.wall_of_council("hub_former")
    rls.wall_behind_report("hub_former")


def downgrade() -> None:
    """Without them: a message that was held is gone, for nobody may read it again by this."""
    op.execute("DROP TABLE hub_former")
    op.execute("DROP POLICY hub_message_held ON hub_message")
    rls.in_each_council("DELETE FROM hub_message WHERE held_at is not null")
    op.execute("ALTER TABLE hub_message DROP COLUMN held_at")
    op.execute("""
        ALTER TABLE hub_access DROP COLUMN listed, DROP COLUMN corrections, DROP COLUMN changed_by,
            DROP COLUMN changed_at, DROP COLUMN kept_at, DROP COLUMN kept_why
    """)
