"""What PostgreSQL itself says of the walls, after every migration."""

from __future__ import annotations

import psycopg
import pytest

Connection = psycopg.Connection[tuple[object, ...]]

TENANT_TABLES = """
select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
 where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1
"""
GLOBAL_TABLES = {
    "account", "account_session", "agency", "agency_domain", "agency_site", "alembic_version", "authenticator",
    "council", "council_draft", "form_template", "instance_operator", "known_device", "one_time_code", "outbox_mail",
    "passkey", "procrastinate_events", "procrastinate_jobs",
    "procrastinate_periodic_defers", "procrastinate_workers", "rate_limit", "recovery_code",
    "sent_mail", "sign_on_link",
}  # fmt: skip
# Rows may exist before a council is known; what is the council's is behind its wall all the same.
HALF_GLOBAL = {"audit_event", "one_time_code"}


def names(connection: Connection, query: str) -> set[str]:
    return {str(row[0]) for row in connection.execute(query)}


def bare(connection: Connection) -> set[str]:
    """Tenant tables without a complete wall."""
    walled = names(
        connection,
        """
        select c.relname::text from pg_class c
          join pg_policy p on p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*'
         where c.relrowsecurity and c.relforcerowsecurity
           and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
           and pg_get_expr(p.polqual, p.polrelid) like '%app.tenant_id%'
        """,
    )
    return names(connection, TENANT_TABLES) - walled - HALF_GLOBAL


def test_every_tenant_table_has_a_wall(admin: Connection) -> None:
    assert bare(admin) == set()


def test_every_other_table_is_on_the_list(admin: Connection) -> None:
    everything = names(
        admin,
        "select relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where nspname = 'public' and relkind in ('r', 'p')",
    )
    assert everything - names(admin, TENANT_TABLES) <= GLOBAL_TABLES


def test_links_between_tenant_tables_carry_the_council(admin: Connection) -> None:
    found = names(
        admin,
        """
        select con.conname::text from pg_constraint con
          join pg_attribute a on a.attrelid = con.conrelid and a.attname = 'tenant_id'
          join pg_attribute b on b.attrelid = con.confrelid and b.attname = 'tenant_id' and b.attnotnull
         where con.contype = 'f' and not (a.attnum = any (con.conkey) and b.attnum = any (con.confkey))
        """,
    )
    assert found == set()


def test_unique_keys_tell_nothing_of_other_councils(admin: Connection) -> None:
    found = names(
        admin,
        """
        select i.indexrelid::regclass::text from pg_index i
          join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'tenant_id' and a.attnotnull
         where i.indisunique and i.indkey[0] <> a.attnum
        """,
    )
    assert found == set()


def test_nothing_goes_round_the_walls(admin: Connection) -> None:
    in_public = "join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public'"
    assert (
        names(admin, f"select c.relname::text from pg_class c {in_public} and c.relkind in ('v', 'm', 'p', 'f')")
        == set()
    )
    definers = names(
        admin,
        "select p.proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'public' and p.prosecdef",
    )
    assert definers == set()


def test_the_application_owns_nothing_and_may_not_truncate(admin: Connection) -> None:
    owned = names(admin, "select relname::text from pg_class where relowner = 'portal_app'::regrole")
    assert owned == set()
    granted = names(
        admin,
        "select table_name || ' ' || privilege_type from information_schema.role_table_grants"
        " where grantee in ('portal_app', 'PUBLIC') and table_schema = 'public'"
        " and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')",
    )
    assert granted == set()
    role = admin.execute("select rolsuper, rolbypassrls from pg_roles where rolname = 'portal_app'").fetchone()
    assert role == (False, False)


def test_the_audit_trail_can_only_grow(admin: Connection) -> None:
    allowed = names(
        admin,
        "select privilege_type from information_schema.role_table_grants"
        " where grantee = 'portal_app' and table_name = 'audit_event'",
    )
    assert allowed == {"SELECT", "INSERT"}
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        admin.execute("delete from audit_event")


@pytest.mark.parametrize(
    "breakage",
    [
        "alter table message disable row level security",
        "alter table message no force row level security",
        "drop policy message_tenant on message",
        "drop policy message_tenant on message; create policy message_tenant on message using (true)",
    ],
)
def test_the_rule_can_fail(admin: Connection, breakage: str) -> None:
    admin.autocommit = False
    for statement in breakage.split(";"):
        admin.execute(statement.encode())
    assert bare(admin) == {"message"}
    admin.rollback()
