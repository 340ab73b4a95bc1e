"""Create the job queue, with Procrastinate's own SQL."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

from migrations import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers")


def upgrade() -> None:
    """Create the job queue. The SQL is the pinned release's; an upgrade of it is a migration of its own."""
    connection = op.get_bind().connection.driver_connection
    if connection is None:
        raise RuntimeError("no connection to the database")
    # Through the driver: the script holds literal per-cent signs and several statements.
    connection.execute(SchemaManager.get_schema())
    for table in TABLES:
        rls.allow(table, "select, insert, update, delete")
    op.execute(f"grant usage on all sequences in schema public to {rls.APP}")


def downgrade() -> None:
    """Take it all away again."""
    op.execute("""
        do $$
        declare found record;
        begin
            for found in select tablename from pg_tables
                where schemaname = 'public' and tablename like 'procrastinate%' loop
                execute format('drop table %I cascade', found.tablename);
            end loop;
            for found in select p.oid::regprocedure as name from pg_proc p
                join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = 'public' and p.proname like 'procrastinate%' loop
                execute format('drop function %s cascade', found.name);
            end loop;
            for found in select t.typname from pg_type t join pg_namespace n on n.oid = t.typnamespace
                where n.nspname = 'public' and t.typname like 'procrastinate%' and t.typtype in ('e', 'c')
                loop
                execute format('drop type if exists %I cascade', found.typname);
            end loop;
        end $$
    """)
