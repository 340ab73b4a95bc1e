"""Create accounts, sessions, codes, agencies and memberships."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create accounts, sessions, codes, agencies and memberships."""
    op.execute("""
        CREATE TABLE account (
            id UUID NOT NULL,
            email VARCHAR NOT NULL,
            email_key VARCHAR NOT NULL,
            name VARCHAR NOT NULL,
            password_hash VARCHAR NOT NULL,
            language VARCHAR DEFAULT '' NOT NULL,
            state VARCHAR DEFAULT 'active' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            email_proved_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_account PRIMARY KEY (id),
            CONSTRAINT ck_account_state CHECK (state in ('active', 'suspended')),
            CONSTRAINT uq_account_email_key UNIQUE (email_key)
        )
    """)
    rls.allow("account", "select, insert, update")
    op.execute("""
        CREATE TABLE account_session (
            id_hash VARCHAR NOT NULL,
            account_id UUID,
            data JSONB NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            signed_in_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_account_session PRIMARY KEY (id_hash),
            CONSTRAINT fk_account_session_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE INDEX ix_account_session_account_id
        on account_session (account_id)
    """)
    op.execute("""
        CREATE INDEX ix_account_session_seen_at
        on account_session (seen_at)
    """)
    rls.allow("account_session", "select, insert, update, delete")
    op.execute("""
        CREATE TABLE one_time_code (
            id UUID NOT NULL,
            purpose VARCHAR NOT NULL,
            tenant_id UUID,
            account_id UUID,
            browser_hash VARCHAR NOT NULL,
            code_hash VARCHAR,
            wrapped_key BYTEA,
            details BYTEA,
            language VARCHAR DEFAULT 'en' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            tries INTEGER DEFAULT '0' NOT NULL,
            consumed_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_one_time_code PRIMARY KEY (id),
            CONSTRAINT ck_one_time_code_purpose CHECK (purpose in ('register', 'sign_in', 'join')),
            CONSTRAINT fk_one_time_code_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_one_time_code_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
        )
    """)
    op.execute("""
        CREATE INDEX ix_one_time_code_expires_at
        on one_time_code (expires_at)
    """)
    rls.allow("one_time_code", "select, insert, update, delete")
    op.execute("""
        CREATE TABLE agency (
            id UUID NOT NULL,
            key VARCHAR NOT NULL,
            name JSONB NOT NULL,
            kind VARCHAR NOT NULL,
            identifier VARCHAR DEFAULT '' NOT NULL,
            CONSTRAINT pk_agency PRIMARY KEY (id),
            CONSTRAINT uq_agency_key UNIQUE (key)
        )
    """)
    rls.allow("agency", "select")
    op.execute("""
        CREATE TABLE agency_domain (
            id UUID NOT NULL,
            agency_id UUID NOT NULL,
            domain VARCHAR NOT NULL,
            match VARCHAR NOT NULL,
            kind VARCHAR NOT NULL,
            CONSTRAINT pk_agency_domain PRIMARY KEY (id),
            CONSTRAINT uq_agency_domain_agency_id_domain UNIQUE (agency_id, domain),
            CONSTRAINT ck_agency_domain_match CHECK (match in ('exact', 'below', 'both')),
            CONSTRAINT ck_agency_domain_kind CHECK (kind in ('exclusive', 'shared')),
            CONSTRAINT fk_agency_domain_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id) ON DELETE CASCADE
        )
    """)
    rls.allow("agency_domain", "select")
    op.execute("""
        CREATE TABLE agency_approval (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            agency_id UUID NOT NULL,
            state VARCHAR DEFAULT 'approved' NOT NULL,
            approved_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_agency_approval PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_agency_approval_tenant_id_agency_id UNIQUE (tenant_id, agency_id),
            CONSTRAINT ck_agency_approval_state CHECK (state in ('approved', 'ended')),
            CONSTRAINT fk_agency_approval_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_agency_approval_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
        )
    """)
    rls.protect("agency_approval", "select")
    op.execute("""
        CREATE TABLE membership (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            agency_id UUID,
            role VARCHAR NOT NULL,
            state VARCHAR DEFAULT 'pending' NOT NULL,
            job_title VARCHAR DEFAULT '' NOT NULL,
            asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            decided_at TIMESTAMP WITH TIME ZONE,
            decided_by UUID,
            version INTEGER DEFAULT '1' NOT NULL,
            CONSTRAINT pk_membership PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_membership_tenant_id_account_id UNIQUE (tenant_id, account_id),
            CONSTRAINT ck_membership_role CHECK (role in ('referrer', 'agency_lead', 'screener', 'practice_manager', 'form_designer', 'council_admin')),
            CONSTRAINT ck_membership_state CHECK (state in ('pending', 'active', 'refused', 'suspended', 'ended')),
            CONSTRAINT ck_membership_agency CHECK (agency_id is not null or role not in ('referrer', 'agency_lead')),
            CONSTRAINT fk_membership_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_membership_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_membership_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
            CONSTRAINT fk_membership_decided_by FOREIGN KEY(decided_by) REFERENCES account (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_membership_agency
        on membership (tenant_id, agency_id, state)
    """)
    rls.protect("membership", "select, insert, update")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table membership")
    op.execute("drop table agency_approval")
    op.execute("drop table agency_domain")
    op.execute("drop table agency")
    op.execute("drop table one_time_code")
    op.execute("drop table account_session")
    op.execute("drop table account")
