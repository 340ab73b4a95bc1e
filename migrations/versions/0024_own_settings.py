"""A council changes its own part of its settings: its own row only, never what is the operator's; and their history."""

from __future__ import annotations

from alembic import op

from migrations import rls

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the application change the settings of the council in scope, and keep every change."""
    op.execute("ALTER TABLE council ADD COLUMN version INTEGER DEFAULT 1 NOT NULL")
    op.execute("ALTER TABLE council ADD COLUMN own_parts JSONB DEFAULT '[]' NOT NULL")
    _wall()
    _operators_part()
    op.execute("""
        CREATE TABLE settings_change (
            tenant_id UUID NOT NULL,
            id UUID NOT NULL,
            number INTEGER NOT NULL,
            settings JSONB NOT NULL,
            parts JSONB NOT NULL,
            changed_by UUID,
            changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_settings_change PRIMARY KEY (tenant_id, id),
            CONSTRAINT uq_settings_change_tenant_id_number UNIQUE (tenant_id, number),
            CONSTRAINT fk_settings_change_tenant_id FOREIGN KEY(tenant_id) REFERENCES council (id),
            CONSTRAINT fk_settings_change_changed_by FOREIGN KEY(changed_by) REFERENCES account (id)
        )
    """)
    rls.protect("settings_change", "select, insert")


def _wall() -> None:
    """Every council can be found; only the one in scope can be changed, and only by the owner added or deleted."""
    own = rls.TENANT.replace("tenant_id =", "id =")
    op.execute("alter table council enable row level security")
    op.execute("alter table council force row level security")
    op.execute("create policy council_find on council for select using (true)")
    op.execute(f"create policy council_change on council for update using ({own}) with check ({own})")
    op.execute("create policy council_add on council for insert to current_user with check (true)")
    op.execute(f"create policy council_leave on council for delete to current_user using ({own})")
    op.execute(f"grant update (settings, version, own_parts, changed_at) on council to {rls.APP}")


def _operators_part() -> None:
    """What decides who finds the council, and under which law it works, is not in the application's hands."""
    op.execute(f"""
        create function settings_of_the_operator() returns trigger language plpgsql as $$
        declare part text;
        begin
            if current_user = '{rls.APP}' then
                foreach part in array array[
                    'slug', 'nation', 'hostnames', 'languages', 'sender', 'outcomes', 'priorities', 'people', 'sign_in'
                ] loop
                    if new.settings -> part is distinct from old.settings -> part then
                        raise exception 'that part of the settings is the operator''s';
                    end if;
                end loop;
            end if;
            return new;
        end $$
    """)
    op.execute("""
        create trigger council_operators_part before update on council
        for each row execute function settings_of_the_operator()
    """)


def downgrade() -> None:
    """Settings are the operator's alone again."""
    op.execute("drop table settings_change")
    op.execute("drop trigger council_operators_part on council")
    op.execute("drop function settings_of_the_operator()")
    op.execute(f"revoke update (settings, version, own_parts, changed_at) on council from {rls.APP}")
    for policy in ("council_leave", "council_add", "council_change", "council_find"):
        op.execute(f"drop policy {policy} on council")
    op.execute("alter table council no force row level security")
    op.execute("alter table council disable row level security")
    op.execute("ALTER TABLE council DROP COLUMN own_parts")
    op.execute("ALTER TABLE council DROP COLUMN version")
