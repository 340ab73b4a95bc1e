"""Authenticator apps, recovery codes and call-backs; a session knows how strongly its person proved who they are."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the second factors."""
    # Sessions that are open now proved an address and no more: their people sign in again to read.
    op.execute("ALTER TABLE account_session ADD COLUMN strength VARCHAR DEFAULT '' NOT NULL")
    op.execute("""
        CREATE TABLE authenticator (
            account_id UUID NOT NULL,
            wrapped_key BYTEA NOT NULL,
            seed BYTEA NOT NULL,
            last_step BIGINT NOT NULL,
            confirmed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_authenticator PRIMARY KEY (account_id),
            CONSTRAINT fk_authenticator_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
        )
    """)
    rls.allow("authenticator", "select, insert, update, delete")
    op.execute("""
        CREATE TABLE recovery_code (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            code_hash VARCHAR NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_recovery_code PRIMARY KEY (id),
            CONSTRAINT uq_recovery_code_account_id_code_hash UNIQUE (account_id, code_hash),
            CONSTRAINT fk_recovery_code_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
        )
    """)
    rls.allow("recovery_code", "select, insert, update, delete")
    op.execute("""
        CREATE TABLE call_back (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            recorded_by UUID NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            usable_at TIMESTAMP WITH TIME ZONE NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_call_back PRIMARY KEY (tenant_id, id),
            CONSTRAINT fk_call_back_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_call_back_account_id FOREIGN KEY(account_id) REFERENCES account (id),
            CONSTRAINT fk_call_back_recorded_by FOREIGN KEY(recorded_by) REFERENCES account (id)
        )
    """)
    op.execute("CREATE INDEX ix_call_back_account on call_back (tenant_id, account_id, used_at)")
    rls.protect("call_back", "select, insert, update")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table call_back")
    op.execute("drop table recovery_code")
    op.execute("drop table authenticator")
    op.execute("ALTER TABLE account_session DROP COLUMN strength")
