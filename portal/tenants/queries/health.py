"""Whether this instance can do its work: the database, its version, a worker, the store of files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.adapters import ports
from portal.kernel import db, startup
from portal.kernel.errors import Unavailable
from portal.kernel.probing import Probe

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
    store: bool

    @property
    def ready(self) -> bool:
        """Whether pages can be served. A report is safe without a worker, whose emails are sent when one is back, and
        without the store: it goes, and files are added later."""
        return self.database and self.migrated

    @property
    def worker(self) -> bool:
        """Whether a worker has shown itself lately."""
        return self.heartbeat_age is not None and self.heartbeat_age < STALE_SECONDS

    @property
    def whole(self) -> bool:
        """Whether everything works, not only what a report needs."""
        return self.ready and self.worker and self.store


_store = Probe(lambda: ports.store().answers())


def readiness() -> Readiness:
    """Ask the database, in a transaction of its own, and what is known of the store; never raises, and waits for a
    store that hangs a second at most."""
    store = _store.good()
    try:
        with db.apart() as session:
            session.execute(WRITE)
            session.execute(FLUSH)
            version = session.execute(VERSION).scalar_one_or_none()
            age = session.execute(HEARTBEAT).scalar_one_or_none()
    except (SQLAlchemyError, Unavailable):
        return Readiness(database=False, migrated=False, heartbeat_age=None, store=store)
    migrated = version == startup.pinned_head()
    return Readiness(database=True, migrated=migrated, heartbeat_age=age, store=store)
