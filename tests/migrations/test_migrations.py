"""Migrations create everything from nothing, go up, down and up, and match the code."""

from __future__ import annotations

import re

import psycopg
from alembic import command
from sqlalchemy import CheckConstraint

from portal.cli import migrate
from portal.cli.cluster import Cluster
from portal.kernel import startup
from portal.models import metadata

QUOTED = re.compile(r"'([^']*)'")

LEFT = """
select 'table ' || relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where nspname = 'public' and relname not like 'alembic%'
union all select 'type ' || typname::text from pg_type t join pg_namespace n on n.oid = t.typnamespace
 where nspname = 'public' and typname not like '%alembic_version'
union all select 'function ' || proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where nspname = 'public'
"""


def schema(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    """Tables, columns, constraints, policies, triggers and grants as text."""
    queries = (
        """select format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
             from information_schema.columns where table_schema = 'public'""",
        "select conname || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace",
        "select indexdef from pg_indexes where schemaname = 'public'",
        "select format('%s %s %s %s', tablename, policyname, permissive, qual) from pg_policies",
        "select tgrelid::regclass || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
        """select format('%s %s %s', table_name, grantee, privilege_type)
             from information_schema.role_table_grants where table_schema = 'public'""",
    )
    return {str(row[0]) for query in queries for row in connection.execute(query.encode())}


def test_up_down_up(cluster: Cluster) -> None:
    addresses = cluster.create_database("portal_migrations")
    try:
        migrate.upgrade(addresses.owner)
        with cluster.connect_admin("portal_migrations") as connection:
            first = schema(connection)
        command.check(migrate.configuration(addresses.owner))
        migrate.downgrade(addresses.owner)
        with cluster.connect_admin("portal_migrations") as connection:
            assert list(connection.execute(LEFT)) == []
        migrate.upgrade(addresses.owner)
        with cluster.connect_admin("portal_migrations") as connection:
            assert schema(connection) == first
        assert any("referral_tenant RESTRICTIVE" in line for line in first)
    finally:
        cluster.drop_database("portal_migrations")


def test_the_pinned_head_is_the_newest() -> None:
    assert startup.pinned_head() == migrate.newest()


def test_what_a_column_may_hold_is_what_the_models_say(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    # Alembic compares no check constraints: a list of kinds that grew on two branches would lose one of them unnoticed.
    query = "select conname, pg_get_constraintdef(oid) from pg_constraint where contype = 'c'"
    there = {str(name): set(QUOTED.findall(str(words))) for name, words in admin.execute(query)}
    known = {
        str(check.name): set(QUOTED.findall(str(check.sqltext)))
        for table in metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    assert len(known) > 40
    # What was once allowed may stay allowed: old rows hold it.
    assert {name: lacking for name, words in known.items() if (lacking := words - there.get(name, set()))} == {}
