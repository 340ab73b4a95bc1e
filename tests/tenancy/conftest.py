"""The walls are tried on a migrated database that knows no council but those of `rows.py`."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from portal.cli.cluster import Addresses, Cluster
from tests.fixtures.database import Cleaner

DATABASE = "portal_bare"


@pytest.fixture(scope="session")
def _bare_database(cluster: Cluster, migrated: str) -> Iterator[tuple[Addresses, Cleaner]]:
    addresses = cluster.create_database(DATABASE, template=migrated)
    cleaner = Cleaner(cluster, DATABASE)
    yield addresses, cleaner
    cleaner.close()


@pytest.fixture
def database(_bare_database: tuple[Addresses, Cleaner]) -> Addresses:
    """The addresses of a migrated database without a row."""
    addresses, cleaner = _bare_database
    cleaner.clean()
    return addresses


@pytest.fixture
def admin(cluster: Cluster, database: Addresses) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A superuser's connection to that database, which sees past row-level security."""
    del database
    with cluster.connect_admin(DATABASE) as connection:
        yield connection
