"""Row-level security for one table: enable, force, policy, grants. Every tenant table goes through here."""

from __future__ import annotations

from alembic import op

APP = "portal_app"
# The scalar sub-select is evaluated once a statement and can be an index condition; nullif, because the
# setting reads '' (not NULL) on a pooled connection that had one before.
TENANT = "tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)"
AGENCY = (
    "(select current_setting('app.reach', true)) = 'council'"
    " or agency_id = (select nullif(current_setting('app.agency_id', true), '')::uuid)"
)


def protect(table: str, grants: str) -> None:
    """The tenant wall: a restrictive policy that no later permissive one can widen."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy {table}_base on {table} for all using (true) with check (true)")
    op.execute(f"create policy {table}_tenant on {table} as restrictive for all using ({TENANT}) with check ({TENANT})")
    allow(table, grants)


def wall_between_agencies(table: str) -> None:
    """The second wall: people of one agency never touch another's rows, whatever a query forgets."""
    op.execute(f"create policy {table}_agency on {table} as restrictive for all using ({AGENCY}) with check ({AGENCY})")


def allow(table: str, grants: str) -> None:
    """What the application's role may do with a table; never TRUNCATE, REFERENCES or TRIGGER."""
    op.execute(f"grant {grants} on {table} to {APP}")
