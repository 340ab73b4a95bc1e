"""Single sign-on: outside identities that were linked to accounts, and our secrets for councils' providers."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PURPOSES = "'register', 'sign_in', 'join'"


def upgrade() -> None:
    """Create links and secrets; a session knows which provider opened it."""
    op.execute("ALTER TABLE account_session ADD COLUMN issuer VARCHAR DEFAULT '' NOT NULL")
    op.execute("""
        CREATE TABLE sign_on_link (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            issuer VARCHAR NOT NULL,
            subject VARCHAR NOT NULL,
            linked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_sign_on_link PRIMARY KEY (id),
            CONSTRAINT uq_sign_on_link_issuer_subject UNIQUE (issuer, subject),
            CONSTRAINT uq_sign_on_link_account_id_issuer UNIQUE (account_id, issuer),
            CONSTRAINT fk_sign_on_link_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
        )
    """)
    rls.allow("sign_on_link", "select, insert, update, delete")
    op.execute("""
        CREATE TABLE sign_on_secret (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            provider VARCHAR NOT NULL,
            wrapped_key BYTEA NOT NULL,
            secret BYTEA NOT NULL,
            set_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_sign_on_secret PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_sign_on_secret_tenant_id_provider UNIQUE (tenant_id, provider),
            CONSTRAINT fk_sign_on_secret_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    rls.protect("sign_on_secret", "select, insert, delete")
    _purposes(f"{PURPOSES}, 'sign_on'")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("delete from one_time_code where purpose = 'sign_on'")
    _purposes(PURPOSES)
    op.execute("drop table sign_on_secret")
    op.execute("drop table sign_on_link")
    op.execute("ALTER TABLE account_session DROP COLUMN issuer")


def _purposes(allowed: str) -> None:
    op.execute("alter table one_time_code drop constraint ck_one_time_code_purpose")
    op.execute(f"alter table one_time_code add constraint ck_one_time_code_purpose check (purpose in ({allowed}))")
