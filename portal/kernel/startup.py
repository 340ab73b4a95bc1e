"""Reasons to refuse to start: a database role that could see past the walls, or tables of another version."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from portal.kernel.errors import Unavailable

HEAD = Path(__file__).resolve().parents[2] / "migrations" / "HEAD"

ROLE = text("""
select current_user as name, r.rolsuper, r.rolbypassrls,
       exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relkind in ('r', 'p')
                 and (c.relowner = r.oid or pg_has_role(r.oid, c.relowner, 'member'))
              ) as owns
  from pg_roles r where r.rolname = current_user
""")
WALLS = text("""
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and a.attnotnull
 where n.nspname = 'public' and c.relkind in ('r', 'p')
   and not (c.relrowsecurity and c.relforcerowsecurity
            and exists (select 1 from pg_policy p
                         where p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
                           and pg_get_expr(p.polqual, p.polrelid) like '%app.tenant_id%'
                           and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)))
""")


class RefusesToStart(Exception):
    """The instance is not safe to run; `reasons` are sentences for the operator."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def pinned_head() -> str:
    """The migration that this code needs."""
    return HEAD.read_text().strip()


def reasons_to_refuse(engine: Engine) -> list[str]:
    """Every reason why the application must not run on this database; empty when it may.

    Raises Unavailable when the database does not answer.
    """
    try:
        with engine.connect() as connection:
            role = connection.execute(ROLE).one()
            has_versions = connection.execute(text("select to_regclass('alembic_version')")).scalar()
            version = None
            if has_versions:
                version = connection.execute(text("select version_num from alembic_version")).scalar()
            bare = list(connection.execute(WALLS).scalars()) if has_versions else []
    except DBAPIError as error:
        raise Unavailable("the database does not answer") from error
    head = pinned_head()
    wrong = [
        (role.rolsuper, f"The database role {role.name} is a superuser: use portal_app."),
        (role.rolbypassrls, f"The database role {role.name} may bypass row-level security: use portal_app."),
        (role.owns, f"The database role {role.name} owns the tables: use portal_app."),
        (version != head, f"The database is at version {version or 'none'}, this code needs {head}: run migrate."),
        (bool(bare), f"Tables without a tenant wall: {', '.join(sorted(bare))}."),
    ]
    return [text_ for is_wrong, text_ in wrong if is_wrong]


def refuse_unsafe(engine: Engine) -> None:
    """Raise RefusesToStart with all reasons, or return."""
    reasons = reasons_to_refuse(engine)
    if reasons:
        raise RefusesToStart(reasons)
