"""The stage of a run: councils, people, reports and drafts in a fresh database, the product and the floor serving."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import seed, servers
from config.settings import load
from portal import app
from portal.cli import serve
from portal.cli.cluster import DATABASE, Addresses
from portal.forms.folder import CouncilFolder
from portal.kernel import db
from portal.tenants import resolve

SLUG = "avonmere"
BROWSERS = 4


@dataclass(frozen=True)
class Desk:
    """A referrer, the draft they keep saving, the one that the floor overwrites, and those they may send, each once."""

    person: seed.Person
    kept: seed.Draft
    overwritten: seed.Draft
    sendable: list[seed.Draft]


@dataclass(frozen=True)
class Stage:
    """What is running and who is signed in."""

    postmaster: int
    product: servers.Server
    floor: servers.Server
    screener: seed.Person
    desks: list[Desk]
    tenant: str
    admin: Callable[[], psycopg.Connection[Any]]


@contextlib.contextmanager
def stage(reports: int, sends: int) -> Iterator[Stage]:
    """Set everything up (about half a minute), `sends` drafts ready for each referrer, and take it down again."""
    with servers.scratch() as home, servers.database(home) as (cluster, addresses, folders):
        folder = next(one for one in folders if one.settings.slug == SLUG)
        tenant, screener, desks = _seeded(addresses, folder, reports, sends)
        told = {"TENANT": tenant, "SCREENER": str(screener.account_id)}
        floor = [*serve.command()[:-1], "benchmarks.floor.app:create_app()"]
        if cluster.process is None:
            raise servers.BenchmarkError("PostgreSQL has stopped")
        with (
            _product(addresses, home) as product,
            servers.serving(floor, servers.environment(addresses, **told), "/hello", home / "floor.log") as rungs,
        ):
            yield Stage(
                cluster.process.pid, product, rungs, screener, desks, tenant, partial(cluster.connect_admin, DATABASE)
            )


def _product(addresses: Addresses, home: Path) -> contextlib.AbstractContextManager[servers.Server]:
    command = [sys.executable, "-P", "-m", "portal.cli", "serve"]
    return servers.serving(command, servers.environment(addresses), "/live", home / "product.log")


def _seeded(
    addresses: Addresses, folder: CouncilFolder, reports: int, sends: int
) -> tuple[str, seed.Person, list[Desk]]:
    app.start(load(servers.environment(addresses)), pool_size=1)
    resolve.forget()
    council = resolve.by_slug(SLUG)
    screener, referrers = seed.people(council, BROWSERS)
    seed.reports(council, screener, referrers, reports)
    desks = []
    for person in referrers:
        kept, overwritten, *sendable = seed.drafts(council, folder, person, sends + 2)
        desks.append(Desk(person, kept, overwritten, sendable))
    db.new_session().get_bind().engine.dispose()
    return str(council.id), screener, desks
