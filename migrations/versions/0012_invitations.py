"""Add invitations; let one person belong to several agencies of a council, and to one for a time."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create invitations, and give memberships an end and the evidence behind a sponsored one."""
    op.execute("""
        CREATE TABLE invitation (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            agency_id UUID,
            role VARCHAR NOT NULL,
            sponsored BOOLEAN DEFAULT false NOT NULL,
            evidence VARCHAR DEFAULT '' NOT NULL,
            email VARCHAR NOT NULL,
            email_key VARCHAR NOT NULL,
            wrapped_key BYTEA NOT NULL,
            token_hash VARCHAR NOT NULL,
            language VARCHAR DEFAULT 'en' NOT NULL,
            state VARCHAR DEFAULT 'open' NOT NULL,
            invited_by UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            settled_at TIMESTAMP WITH TIME ZONE,
            version INTEGER DEFAULT '1' NOT NULL,
            CONSTRAINT pk_invitation PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_invitation_tenant_id_token_hash UNIQUE (tenant_id, token_hash),
            CONSTRAINT ck_invitation_role CHECK (role in ('referrer', 'agency_lead', 'screener', 'practice_manager', 'form_designer', 'council_admin')),
            CONSTRAINT ck_invitation_state CHECK (state in ('open', 'accepted', 'cancelled')),
            CONSTRAINT ck_invitation_agency CHECK ((agency_id is null) = (role not in ('referrer', 'agency_lead'))),
            CONSTRAINT ck_invitation_sponsored CHECK (not sponsored or role = 'referrer'),
            CONSTRAINT fk_invitation_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_invitation_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_invitation_invited_by FOREIGN KEY(invited_by) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX ix_invitation_open
        on invitation (tenant_id, email_key, agency_id) NULLS NOT DISTINCT WHERE state = 'open'
    """)
    rls.protect("invitation", "select, insert, update")
    op.execute("ALTER TABLE membership ADD COLUMN sponsored BOOLEAN DEFAULT false NOT NULL")
    op.execute("ALTER TABLE membership ADD COLUMN evidence VARCHAR DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE membership ADD COLUMN ends_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE membership DROP CONSTRAINT uq_membership_tenant_id_account_id")
    op.execute("""
        ALTER TABLE membership ADD CONSTRAINT uq_membership_tenant_id_account_id_agency_id
        UNIQUE NULLS NOT DISTINCT (tenant_id, account_id, agency_id)
    """)


def downgrade() -> None:
    """Take both away again; of somebody's several memberships in one council the newest stays."""
    op.execute("ALTER TABLE membership DROP CONSTRAINT uq_membership_tenant_id_account_id_agency_id")
    rls.in_each_council("""
        delete from membership m using membership o
         where o.tenant_id = m.tenant_id and o.account_id = m.account_id and (o.asked_at, o.id) > (m.asked_at, m.id)
    """)
    op.execute(
        "ALTER TABLE membership ADD CONSTRAINT uq_membership_tenant_id_account_id UNIQUE (tenant_id, account_id)"
    )
    for column in ("ends_at", "evidence", "sponsored"):
        op.execute(f"ALTER TABLE membership DROP COLUMN {column}")
    op.execute("drop table invitation")
