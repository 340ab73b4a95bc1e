"""An operator makes a council in the portal: what is typed is kept, and only an operator may add a council."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let whoever acts as a live operator add a council with its first key, and change the operator's part."""
    op.execute("""
        create function acts_as_operator() returns boolean language sql stable as $$
            select exists (
                select from instance_operator o
                 where o.account_id = nullif(current_setting('app.actor_id', true), '')::uuid and o.ended_at is null)
        $$
    """)
    op.execute("""
        CREATE TABLE council_draft (
            id UUID NOT NULL,
            document JSONB DEFAULT '{}' NOT NULL,
            email VARCHAR DEFAULT '' NOT NULL,
            version INTEGER DEFAULT 1 NOT NULL,
            made_by UUID NOT NULL,
            made_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            council_id UUID,
            CONSTRAINT pk_council_draft PRIMARY KEY (id),
            CONSTRAINT fk_council_draft_made_by FOREIGN KEY(made_by) REFERENCES account (id),
            CONSTRAINT fk_council_draft_council_id FOREIGN KEY(council_id) REFERENCES council (id)
        )
    """)
    op.execute("alter table council_draft enable row level security")
    op.execute("create policy council_draft_own on council_draft using (acts_as_operator())")
    rls.allow("council_draft", "select, insert, update, delete")
    app = rls.APP
    op.execute(f"grant insert on council, council_key to {app}")
    op.execute(f"create policy council_found on council for insert to {app} with check (acts_as_operator())")
    op.execute(
        f"create policy council_key_found on council_key as restrictive for insert to {app}"
        " with check (acts_as_operator())"
    )
    op.execute("drop trigger council_operators_part on council")
    op.execute("""
        create trigger council_operators_part before update on council
        for each row when (not acts_as_operator()) execute function settings_of_the_operator()
    """)


def downgrade() -> None:
    """Councils come from folders alone again."""
    op.execute("drop trigger council_operators_part on council")
    op.execute("""
        create trigger council_operators_part before update on council
        for each row execute function settings_of_the_operator()
    """)
    op.execute("drop policy council_key_found on council_key")
    op.execute("drop policy council_found on council")
    op.execute(f"revoke insert on council, council_key from {rls.APP}")
    op.execute("drop table council_draft")
    op.execute("drop function acts_as_operator()")
