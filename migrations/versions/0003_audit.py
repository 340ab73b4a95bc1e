"""Create the append-only audit trail."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the append-only audit trail."""
    op.execute("""
        CREATE TABLE audit_event (
            id UUID NOT NULL,
            tenant_id UUID,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            event VARCHAR NOT NULL,
            actor_id UUID,
            actor_role VARCHAR NOT NULL,
            agency_id UUID,
            subject_id UUID,
            detail JSONB NOT NULL,
            CONSTRAINT pk_audit_event PRIMARY KEY (id),
            CONSTRAINT fk_audit_event_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id)
        )
    """)
    op.execute("""
        CREATE INDEX ix_audit_event_at
        on audit_event (tenant_id, at)
    """)
    op.execute("""
        CREATE INDEX ix_audit_event_subject
        on audit_event (tenant_id, subject_id, at)
    """)
    _protect_audit()


def _protect_audit() -> None:
    """Rows of a council are behind its wall; rows of none may be added and not read by the application."""
    op.execute("alter table audit_event enable row level security")
    op.execute("alter table audit_event force row level security")
    op.execute(f"create policy audit_event_read on audit_event for select using ({rls.TENANT})")
    op.execute(
        f"create policy audit_event_add on audit_event for insert with check (tenant_id is null or {rls.TENANT})"
    )
    # A trigger as well as missing grants: the owner, too, must not rewrite history in passing.
    op.execute("""
        create function audit_is_append_only() returns trigger language plpgsql as $$
        begin
            raise exception 'the audit trail is append-only';
        end $$
    """)
    op.execute("""
        create trigger audit_event_append_only before update or delete or truncate on audit_event
        for each statement execute function audit_is_append_only()
    """)
    rls.allow("audit_event", "select, insert")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("drop table audit_event")
    op.execute("drop function audit_is_append_only()")
