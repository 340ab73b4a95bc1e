"""The application refuses to start on a database where its walls would not hold, and says why."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, create_engine

from portal.cli.cluster import Addresses
from portal.kernel import startup
from portal.kernel.errors import Unavailable

Connection = psycopg.Connection[tuple[object, ...]]


def reasons(url: str) -> str:
    engine: Engine = create_engine(url)
    try:
        return " ".join(startup.reasons_to_refuse(engine))
    finally:
        engine.dispose()


@pytest.fixture
def over(fresh_database: Addresses) -> Iterator[Connection]:
    with psycopg.connect(fresh_database.admin.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def test_the_applications_role_may_start(fresh_database: Addresses) -> None:
    assert reasons(fresh_database.app) == ""


def test_the_owner_and_the_superuser_may_not(fresh_database: Addresses) -> None:
    assert "owns the tables" in reasons(fresh_database.owner)
    assert "is a superuser" in reasons(fresh_database.admin)


def test_a_role_that_goes_round_the_walls_may_not(fresh_database: Addresses, over: Connection) -> None:
    over.execute("alter role portal_app bypassrls")
    try:
        assert "bypass row-level security" in reasons(fresh_database.app)
    finally:
        over.execute("alter role portal_app nobypassrls")


def test_a_member_of_the_owner_may_not(fresh_database: Addresses, over: Connection) -> None:
    over.execute("grant portal_owner to portal_app")
    try:
        assert "owns the tables" in reasons(fresh_database.app)
    finally:
        over.execute("revoke portal_owner from portal_app")


def test_behind_the_pinned_head_it_may_not(fresh_database: Addresses, over: Connection) -> None:
    over.execute("grant select on alembic_version to portal_app")
    over.execute("update alembic_version set version_num = '0003'")
    found = reasons(fresh_database.app)
    assert "at version 0003" in found
    assert startup.pinned_head() in found


def test_a_table_without_a_wall_is_named(fresh_database: Addresses, over: Connection) -> None:
    over.execute("alter table message no force row level security")
    over.execute("create table stray (tenant_id uuid not null)")
    found = reasons(fresh_database.app)
    assert "message" in found
    assert "stray" in found


def test_no_database_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        reasons("postgresql+psycopg://portal_app@/portal?host=/nowhere")
