"""The world of access.yaml, and requests whose work is undone so that the next finds the same world.

It is made once for each module (and process): reading leaves no more than traces, and what a form does is undone.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask, Response, g, request

from config.settings import Settings
from portal.cli.cluster import Addresses, Cluster
from portal.kernel import db
from portal.tenants import resolve
from portal.web import security
from portal.web.limits import limiter
from tests.factories.parcels import add_parcels
from tests.factories.templates import Admin, add_template
from tests.fixtures.app import as_set
from tests.fixtures.councils import Councils
from tests.fixtures.database import DATABASE, Cleaner
from tests.forms.contents import shipped_contents
from tests.matrix import world
from tests.matrix.access import AGENCY, Access, read
from tests.matrix.operators import add_operators
from tests.matrix.world import World


@pytest.fixture(scope="session")
def access() -> Access:
    """What access.yaml says."""
    return read()


@pytest.fixture(scope="module")
def database(_test_database: tuple[Addresses, Cleaner]) -> Addresses:
    """As for other tests, but emptied once a module."""
    addresses, cleaner = _test_database
    cleaner.clean()
    return addresses


@pytest.fixture(scope="module")
def admin(cluster: Cluster, database: Addresses) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A superuser's connection, which sees past row-level security."""
    del database
    with cluster.connect_admin(DATABASE) as connection:
        yield connection


@pytest.fixture(scope="module")
def app(_application: Flask, settings: Settings, database: Addresses) -> Flask:
    """The application on the module's world."""
    del database
    as_set(settings)
    return _application


@pytest.fixture(scope="module")
def _world(app: Flask, admin: Admin) -> World:
    del app
    add_template(admin, shipped_contents()[0])
    made = world.make(Councils(wales=resolve.by_slug("glan-yr-afon"), england=resolve.by_slug("avonmere")))
    for council in (made.here, made.there):
        add_parcels(council, made.things.decided, AGENCY)
    add_operators(made, admin)
    return made


@pytest.fixture
def filled(_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Both councils with people and things; whatever a form does is undone when its answer is ready."""
    finish = security.finish

    def undo(response: Response) -> None:
        if request.method == "POST" and not g.get("finished"):
            g.finished = True
            db.rollback()
        finish(response)

    monkeypatch.setattr(security, "finish", undo)
    monkeypatch.setattr(limiter, "enabled", False)
    return _world
