"""A second PostgreSQL that a test may stop and start; and a world whose POSTs are undone, for a whole module."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from portal.cli import migrate
from portal.cli.cluster import Addresses, Cluster
from portal.kernel import db
from portal.tenants import resolve, vault
from tests.faults import form_pages
from tests.fixtures.councils import FORGET, Councils, apply_all
from tests.fixtures.database import DATABASE, Cleaner


def _runs(pid: int) -> bool:
    """Whether a process is there and not only waiting to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


@dataclass
class Outage:
    """The second PostgreSQL; `stop` and `start` it."""

    cluster: Cluster
    addresses: Addresses

    def stop(self) -> None:
        """Kill it as a failing machine would: no connection is closed in good order.

        The processes that serve connections as well: without their parent they could still finish a commit.
        """
        assert self.cluster.process is not None
        pid = self.cluster.process.pid
        serving = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        self.cluster.process.kill()
        self.cluster.process.wait()
        for child in serving:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while any(_runs(child) for child in serving) and time.monotonic() < deadline:
            time.sleep(0.01)

    def start(self) -> None:
        """Start it again on the data it had; it recovers by itself."""
        self.cluster.start()

    def admin(self) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's connection; close it."""
        return psycopg.connect(self.addresses.admin.replace("+psycopg", ""), autocommit=True)


@pytest.fixture(scope="module")
def second() -> Iterator[Outage]:
    """A PostgreSQL of this module's own, with both councils."""
    place = Path(tempfile.mkdtemp(prefix="portal-fault-", dir="/tmp"))
    place.chmod(0o711)
    cluster = Cluster(place / "postgres")
    try:
        addresses = cluster.start()
        migrate.upgrade(addresses.owner)
        apply_all(addresses)
        made = Outage(cluster, addresses)
        with made.admin() as connection:
            connection.execute(FORGET)
        yield made
    finally:
        cluster.destroy()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def outage(app: Flask, second: Outage) -> Iterator[Outage]:
    """The application of this process uses the second PostgreSQL during this test."""
    del app
    before = db._factory
    engine = db.make_engine(second.addresses.app)
    db.bind(engine)
    resolve.forget()
    vault.forget()
    yield second
    if not second.cluster.running():
        second.start()
    db._factory = before
    engine.dispose()
    resolve.forget()
    vault.forget()


@pytest.fixture
def there(outage: Outage) -> Councils:
    """Both councils as the second PostgreSQL knows them."""
    del outage
    return Councils(wales=resolve.by_slug("glan-yr-afon"), england=resolve.by_slug("avonmere"))


@pytest.fixture(scope="module")
def world_of_forms(
    _application: Flask, cluster: Cluster, _test_database: tuple[Addresses, Cleaner]
) -> Iterator[form_pages.Filled]:
    """Made once for a module that only reads and posts: none of its tests may ask for `app` or `database`."""
    _, cleaner = _test_database
    cleaner.clean()
    resolve.forget()
    councils = Councils(wales=resolve.by_slug("glan-yr-afon"), england=resolve.by_slug("avonmere"))
    with cluster.connect_admin(DATABASE) as admin, form_pages.filled(_application, councils, admin) as made:
        yield made
