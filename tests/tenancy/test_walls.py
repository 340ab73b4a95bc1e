"""Attacks on the walls between councils and agencies, as the application's own role, on real rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from portal.cli.cluster import Addresses
from portal.kernel import db, scope
from portal.kernel.scope import Actor, Council, Scope
from tests.tenancy.rows import (
    ACCOUNT,
    AGENCIES,
    COUNCILS,
    TABLES,
    WALLED_BY_AGENCY,
    WALLED_BY_COUNCIL,
    Connection,
    fill,
    insert,
    row_id,
    rows,
)

OWN = {"membership": 1}


@pytest.fixture
def application(database: Addresses, admin: Connection) -> Iterator[Connection]:
    """A connection as portal_app to a database that holds both councils' rows."""
    fill(admin)
    with psycopg.connect(database.app.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


@contextmanager
def acting(connection: Connection, council: str = "", agency: str = "", reach: str = "") -> Iterator[Connection]:
    """One transaction in the scope of a council, an agency and a reach, undone at its end."""
    settings = {
        "app.tenant_id": str(COUNCILS[council]) if council else "",
        "app.agency_id": str(AGENCIES[agency]) if agency else "",
        "app.reach": reach,
    }
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, true)", (name, value))
    yield connection
    connection.rollback()


def count(connection: Connection, table: str, where: str = "true") -> int:
    query = sql.SQL("select count(*) from {} where {}").format(sql.Identifier(table), sql.SQL(where))
    found = connection.execute(query).fetchone()
    return int(str(found[0])) if found else -1


@pytest.mark.parametrize("table", TABLES)
def test_without_a_council_there_is_nothing(application: Connection, table: str) -> None:
    assert count(application, table) == 0
    application.rollback()
    with acting(application, "one", reach="council") as connection:
        assert count(connection, table) == OWN.get(table, 2)
    # The settings ended with the transaction, on the same connection.
    assert count(application, table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_council_sees_its_own_rows_only(application: Connection, table: str) -> None:
    with acting(application, "one", reach="council") as connection:
        assert count(connection, table, f"tenant_id <> '{COUNCILS['one']}'") == 0
        assert count(connection, table) == OWN.get(table, 2)


@pytest.mark.parametrize("table", rows("one", "school"))
def test_rows_of_another_council_cannot_be_added(application: Connection, table: str) -> None:
    values = {**rows("two", "school")[table], "id": uuid4()}
    for council in ("", "one"):
        with (
            acting(application, council, reach="council") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            insert(connection, table, values)


@pytest.mark.parametrize("table", WALLED_BY_COUNCIL)
def test_what_the_council_keeps_to_itself_no_agency_has(application: Connection, table: str) -> None:
    for reach in ("", "agency"):
        with acting(application, "one", "school", reach) as connection:
            assert count(connection, table) == 0
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                insert(connection, table, {**rows("one", "school")[table], "id": uuid4()})


@pytest.mark.parametrize("table", WALLED_BY_AGENCY)
def test_rows_of_another_agency_stay_unseen(application: Connection, table: str) -> None:
    with acting(application, "one", "school", "agency") as connection:
        assert count(connection, table) == 1
        assert count(connection, table, f"agency_id = '{AGENCIES['surgery']}'") == 0
    with acting(application, "one", "", "") as connection:
        assert count(connection, table) == 0
    with (
        acting(application, "one", "school", "agency") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        insert(connection, table, {**rows("one", "surgery")[table], "id": uuid4()})


def test_rows_cannot_move_to_another_council(application: Connection) -> None:
    with acting(application, "one", reach="council") as connection, pytest.raises(psycopg.Error):
        connection.execute("update referral set tenant_id = %s", (COUNCILS["two"],))
    with (
        acting(application, "one", "school", "agency") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("update referral set agency_id = %s", (AGENCIES["surgery"],))


def test_a_link_cannot_cross_councils(application: Connection) -> None:
    values = {**rows("one", "school")["message"], "id": uuid4(), "once": uuid4()}
    stolen = values | {"referral_id": row_id("two", "school", "referral")}
    missing = values | {"referral_id": uuid4()}
    texts = []
    for wrong in (stolen, missing):
        with (
            acting(application, "one", reach="council") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege) as error,
        ):
            insert(connection, "message", wrong)
        texts.append(type(error.value))
    assert texts[0] is texts[1]


@pytest.mark.parametrize(
    "attack",
    [
        "truncate referral",
        "alter table referral disable row level security",
        "drop policy referral_tenant on referral",
        "set role portal_owner",
        "create table mine (id int)",
        "create temp table mine (id int)",
        "copy referral to program 'cat'",
        "delete from audit_event",
        "update audit_event set event = ''",
        "update form_version set number = 9",
        "update council set slug = 'mine'",
        "insert into council (id, slug, nation, settings) values (gen_random_uuid(), 'x', 'wales', '{}')",
        "delete from membership",
        "delete from account",
    ],
)
def test_what_the_application_may_never_do(application: Connection, attack: str) -> None:
    with acting(application, "one", reach="council") as connection, pytest.raises(psycopg.Error) as error:
        connection.execute(attack.encode())
    assert isinstance(error.value, psycopg.errors.InsufficientPrivilege), error.value


KEPT = (
    "update agency set phone = '1' where id = %(agency)s returning 1",
    "delete from agency_domain where agency_id = %(agency)s returning 1",
    "delete from agency_site where agency_id = %(agency)s returning 1",
)
ADDED = (
    "insert into agency_domain values (gen_random_uuid(), %(agency)s, 'x.org', 'exact', 'shared')",
    "insert into agency_site (id, agency_id, name) values (gen_random_uuid(), %(agency)s, '{}')",
    "insert into agency (id, key, name, kind, managed_by) values (gen_random_uuid(), 'x', '{}', 'hub', %(other)s)",
    "insert into agency (id, key, name, kind) values (gen_random_uuid(), 'x', '{}', 'hub')",
)


def _keep(admin: Connection) -> dict[str, object]:
    """The school is kept by council one, the surgery by council two."""
    for agency, council in (("school", "one"), ("surgery", "two")):
        admin.execute("update agency set managed_by = %s where id = %s", (COUNCILS[council], AGENCIES[agency]))
    return {"agency": AGENCIES["surgery"], "other": COUNCILS["two"]}


@pytest.mark.parametrize("statement", KEPT)
def test_a_council_changes_only_the_agencies_that_it_keeps(
    application: Connection, admin: Connection, statement: str
) -> None:
    values = _keep(admin)
    with acting(application, "one", reach="council") as connection:
        assert connection.execute(statement.encode(), values).fetchall() == []
        assert connection.execute(statement.encode(), values | {"agency": AGENCIES["school"]}).fetchall() == [(1,)]
    # The agency's own people are not the council's, and nobody keeps what is the operator's.
    with acting(application, "one", "school", "agency") as connection:
        assert connection.execute(statement.encode(), values | {"agency": AGENCIES["school"]}).fetchall() == []
    admin.execute("update agency set managed_by = null")
    with acting(application, "one", reach="council") as connection:
        assert connection.execute(statement.encode(), values | {"agency": AGENCIES["school"]}).fetchall() == []


@pytest.mark.parametrize("statement", ADDED)
def test_a_council_adds_nothing_to_what_it_does_not_keep(
    application: Connection, admin: Connection, statement: str
) -> None:
    values = _keep(admin)
    with (
        acting(application, "one", reach="council") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode(), values)


def test_an_agencys_people_decide_nothing_about_it(application: Connection) -> None:
    with acting(application, "one", "school", "agency") as connection:
        changed = connection.execute("update agency_approval set state = 'ended' returning 1").fetchall()
        assert changed == []
    with (
        acting(application, "one", "school", "agency") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        insert(connection, "agency_approval", {**rows("one", "school")["agency_approval"], "id": uuid4()})


def test_switching_row_security_off_shows_nothing(application: Connection) -> None:
    application.execute("set row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        count(application, "referral")


def test_a_later_generous_policy_widens_nothing(application: Connection, admin: Connection) -> None:
    admin.execute("create policy generous on referral using (true)")
    try:
        with acting(application, "one", "school", "agency") as connection:
            assert count(connection, "referral") == 1
    finally:
        admin.execute("drop policy generous on referral")


def test_a_pooled_connection_forgets(database: Addresses, admin: Connection) -> None:
    """Session settings and held cursors of one use are gone at the next."""
    fill(admin)
    engine = db.make_engine(database.app, pool_size=1, max_overflow=0)
    council = str(COUNCILS["one"])
    with engine.connect() as connection:
        for name, value in (("app.tenant_id", council), ("app.reach", "council")):
            connection.exec_driver_sql("select set_config(%s, %s, false)", (name, value))
        connection.exec_driver_sql("declare kept cursor with hold for select * from referral")
        connection.commit()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from referral").scalar() == 0
        assert connection.exec_driver_sql("select count(*) from pg_cursors where name = 'kept'").scalar() == 0
    engine.dispose()


def test_the_session_carries_the_scope_through_savepoints(
    database: Addresses, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(admin)
    monkeypatch.setattr(db, "_factory", None)  # put back at the end: other tests share the process's engine
    engine = db.make_engine(database.app)
    db.bind(engine)
    council = Council(COUNCILS["one"], "one", {}, "wales", ("en",))
    teacher = Actor(ACCOUNT, role="referrer", state="active", agency_id=AGENCIES["school"])
    try:
        with db.unit_of_work(Scope(council, teacher)) as session:
            with session.begin_nested() as savepoint:
                savepoint.rollback()
            assert session.connection().exec_driver_sql("select count(*) from referral").scalar() == 1
        with db.unit_of_work(scope.NOWHERE) as session:
            assert session.connection().exec_driver_sql("select count(*) from referral").scalar() == 0
    finally:
        engine.dispose()


def test_what_the_councils_people_have_not_sent_no_agency_reads(application: Connection, admin: Connection) -> None:
    admin.execute("update message_draft set side = 'council'")
    admin.commit()
    with acting(application, "one", "school", "agency") as connection:
        assert count(connection, "message_draft") == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            values = {**rows("one", "school")["message_draft"], "id": uuid4(), "page": "x", "side": "council"}
            insert(connection, "message_draft", values)
    with acting(application, "one", reach="council") as connection:
        assert count(connection, "message_draft") == 2


def test_an_agency_reads_that_its_own_report_is_open_and_writes_nothing_of_it(application: Connection) -> None:
    own = f"referral_id = '{row_id('one', 'school', 'referral')}'"
    with acting(application, "one", "school", "agency") as connection:
        assert (count(connection, "presence"), count(connection, "presence", own)) == (1, 1)
        for attack in ("update presence set seen_at = now() returning 1", "delete from presence returning 1"):
            assert connection.execute(attack.encode()).fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            insert(connection, "presence", {**rows("one", "school")["presence"], "id": uuid4()})
