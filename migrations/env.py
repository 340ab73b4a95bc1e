"""How a migration runs: as the owner, one at a time, and never waiting long for a lock."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, text

from portal import models

LOCK = 7_246_120_313  # any constant: two migrations must not run at once


def run() -> None:
    """Migrate online; the address of the owner's database comes from the caller, never from a file."""
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.execute(text("set lock_timeout = '4s'"))
        connection.execute(text("set statement_timeout = '60s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=models.metadata,
            compare_server_default=False,
            transaction_per_migration=True,
            include_name=_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("procrastinate")


run()
