"""Whether this instance can do its work: can the database write, is it the right version, does a worker live."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.kernel import db, startup
from portal.kernel.errors import Unavailable

# The worker says that it lives every few seconds.
STALE_SECONDS = 60.0

# A row is written and, by the message in the write-ahead log, its commit reaches the disk although the table of
# counters is not logged. Nothing is left behind but one counter.
WRITE = text(
    "insert into rate_limit (key, hits, expires_at) values ('ready', 1, now())"
    " on conflict (key) do update set expires_at = now()"
)
FLUSH = text("select pg_logical_emit_message(true, 'ready', '')")
VERSION = text("select version_num from alembic_version")
HEARTBEAT = text("select extract(epoch from now() - max(last_heartbeat))::float from procrastinate_workers")


@dataclass(frozen=True)
class Readiness:
    """What /ready says; `heartbeat_age` is in seconds, None before the first worker."""

    database: bool
    migrated: bool
    heartbeat_age: float | None

    @property
    def ready(self) -> bool:
        """Whether pages can be served. A report is safe without a worker: its emails are sent when one is back."""
        return self.database and self.migrated

    @property
    def worker(self) -> bool:
        """Whether a worker has shown itself lately."""
        return self.heartbeat_age is not None and self.heartbeat_age < STALE_SECONDS


def readiness() -> Readiness:
    """Ask the database, in a transaction of its own; never raises."""
    try:
        with db.apart() as session:
            session.execute(WRITE)
            session.execute(FLUSH)
            version = session.execute(VERSION).scalar_one_or_none()
            age = session.execute(HEARTBEAT).scalar_one_or_none()
    except (SQLAlchemyError, Unavailable):
        return Readiness(database=False, migrated=False, heartbeat_age=None)
    return Readiness(database=True, migrated=version == startup.pinned_head(), heartbeat_age=age)
