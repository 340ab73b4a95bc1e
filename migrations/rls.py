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


def wall_of_council(table: str) -> None:
    """What the council keeps to itself: people of an agency have no row of it, whatever a query forgets."""
    inside = "(select current_setting('app.reach', true)) = 'council'"
    op.execute(
        f"create policy {table}_council on {table} as restrictive for all using ({inside}) with check ({inside})"
    )


def allow(table: str, grants: str) -> None:
    """What the application's role may do with a table; never TRUNCATE, REFERENCES or TRIGGER."""
    op.execute(f"grant {grants} on {table} to {APP}")


_ACTOR = "(select nullif(current_setting('app.actor_id', true), '')::uuid)"
_OPENED = "(select coalesce(nullif(current_setting('app.opened', true), ''), '{}')::uuid[])"
_COUNCIL = "(select coalesce(current_setting('app.reach', true), '') = 'council')"
# The system acts for nobody in particular; everybody else, and a connection that says nobody, is held to the lists.
SIGHT = (
    f"{_ACTOR} = '00000000-0000-0000-0000-000000000000'"
    f" or ((unseen_by = '{{}}' or {_ACTOR} <> all (unseen_by)) and case when {_COUNCIL}"
    f" then sight is null or {_ACTOR} = any (sight) or id = any (coalesce({_OPENED}, '{{}}'))"
    f" else not author_only or author_id = {_ACTOR} end)"
)


def wall_of_sight() -> None:
    """The third wall: a restricted report is there for its list only, one of a declared connection for the others."""
    op.execute(f"create policy referral_sight on referral as restrictive for all using ({SIGHT}) with check ({SIGHT})")


def wall_behind_report(table: str, column: str = "referral_id", name: str = "sight") -> None:
    """What hangs on a report is there for whoever sees the report: PostgreSQL asks the report's own walls."""
    seen = (
        f"{column} is null or exists (select from referral r"
        f" where r.tenant_id = {table}.tenant_id and r.id = {table}.{column})"
    )
    op.execute(f"create policy {table}_{name} on {table} as restrictive for all using ({seen}) with check ({seen})")


def in_each_council(*statements: str) -> None:
    """Run the statements on the rows of one council after another, as the system: the walls bind the owner too, so that
    without a council in scope they find nothing, silently. `c` is the council's id in them."""
    op.execute(f"""
        DO $each$ DECLARE c uuid; BEGIN
            FOR c IN SELECT id FROM council LOOP
                PERFORM set_config('app.tenant_id', c::text, true), set_config('app.reach', 'council', true),
                        set_config('app.actor_id', '00000000-0000-0000-0000-000000000000', true);
                {" ".join(f"{statement};" for statement in statements)}
            END LOOP;
            PERFORM set_config('app.tenant_id', '', true), set_config('app.reach', '', true),
                    set_config('app.actor_id', '', true);
        END $each$
    """)
