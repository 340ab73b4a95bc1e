"""Create published form versions, which never change."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create published form versions, which never change."""
    op.execute("""
        CREATE TABLE form_version (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            form_key VARCHAR NOT NULL,
            number INTEGER NOT NULL,
            content JSON NOT NULL,
            content_hash VARCHAR NOT NULL,
            published_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_form_version PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_form_version_tenant_id_form_key_number UNIQUE (tenant_id, form_key, number),
            CONSTRAINT fk_form_version_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_form_version_newest
        on form_version (tenant_id, form_key, number)
    """)
    rls.protect("form_version", "select")
    # A published version never changes: a draft pins the one that it began with, and a decision can be
    # replayed only against the very rules that made it.
    op.execute("""
        create function published_forms_never_change() returns trigger language plpgsql as $$
        begin
            raise exception 'a published form version never changes';
        end $$
    """)
    op.execute("""
        create trigger form_version_immutable before update or delete or truncate on form_version
        for each statement execute function published_forms_never_change()
    """)


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table form_version")
    op.execute("drop function published_forms_never_change()")
