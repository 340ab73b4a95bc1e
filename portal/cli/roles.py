"""The database roles the portal relies on, and databases made with the rights they are meant to have."""

from __future__ import annotations

import psycopg
from psycopg import sql

ADMIN = "portal_admin"
OWNER = "portal_owner"
APP = "portal_app"

# The application's role owns nothing and can raise itself to nothing: row-level security binds it.
_ROLES = {
    OWNER: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION",
    APP: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION NOINHERIT",
}


def create_roles(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create the owner's and the application's roles, or bring existing ones back to what they should be."""
    for role, rights in _ROLES.items():
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
        verb = sql.SQL("ALTER ROLE" if known else "CREATE ROLE")
        connection.execute(sql.SQL("{} {} WITH ").format(verb, sql.Identifier(role)) + sql.SQL(rights))


def create_database(connection: psycopg.Connection[tuple[object, ...]], name: str, template: str | None = None) -> None:
    """Create a database owned by the owner role unless it exists; of the others only the app may connect."""
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template1")
            )
        )
    # A copy of a template keeps its tables' rights but not the database's own.
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP)))


def drop_database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a database, ending whoever is still connected to it."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
