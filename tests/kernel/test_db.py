"""The unit of work: one commit or none, what is written apart stays, and connections come back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from portal.auth.models import Account
from portal.kernel import db, scope
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Scope
from tests.factories.people import Person, make_person
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
WALLS = text("select current_setting('app.tenant_id', true), current_setting('app.reach', true)")


@pytest.fixture(autouse=True)
def _bound(app: Flask) -> Iterator[None]:
    """Every test here ends with all connections given back."""
    del app
    yield
    assert db._session.get() is None
    assert _pool().checkedout() == 0


def _pool() -> Any:
    with db.new_session() as session:
        return session.get_bind().engine.pool


def account() -> dict[str, object]:
    key = uuid4().hex
    return {"id": uuid4(), "email": key, "email_key": key, "name": "Nia", "password_hash": "none"}


def names(admin: Admin) -> int:
    row = admin.execute("select count(*) from account").fetchone()
    assert row
    return int(str(row[0]))


def test_a_unit_of_work_commits_at_its_end(admin: Admin) -> None:
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(insert(Account).values(**account()))
        assert names(admin) == 0
    assert names(admin) == 1


def test_a_unit_of_work_that_raises_leaves_nothing(admin: Admin) -> None:
    with pytest.raises(LookupError), db.unit_of_work(scope.NOWHERE) as session:
        session.execute(insert(Account).values(**account()))
        raise LookupError
    assert names(admin) == 0


def test_what_is_written_apart_survives_the_rollback_around_it(admin: Admin) -> None:
    with pytest.raises(LookupError), db.unit_of_work(scope.NOWHERE) as session:
        session.execute(insert(Account).values(**account()))
        with db.apart() as own:
            own.execute(insert(Account).values(**account()))
        assert db.session() is session
        raise LookupError
    assert names(admin) == 1


def test_what_fails_apart_leaves_the_work_around_it(admin: Admin) -> None:
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(insert(Account).values(**account()))
        with pytest.raises(LookupError), db.apart() as own:
            own.execute(insert(Account).values(**account()))
            raise LookupError
    assert names(admin) == 1


def test_the_walls_are_those_of_the_scope_and_end_with_it(councils: Councils) -> None:
    person = make_person(councils.wales)
    with db.unit_of_work(person.scope) as session:
        assert tuple(session.execute(WALLS).one()) == (str(councils.wales.id), "agency")
        with db.unit_of_work(Scope(councils.england, scope.SYSTEM)) as inner:
            assert tuple(inner.execute(WALLS).one()) == (str(councils.england.id), "council")
        assert tuple(session.execute(WALLS).one()) == (str(councils.wales.id), "agency")
    with db.unit_of_work(scope.NOWHERE) as session:
        assert tuple(session.execute(WALLS).one()) == ("", "")
    assert scope.current() is scope.NOWHERE


def test_sign_in_changes_the_walls_of_the_open_transaction(councils: Councils) -> None:
    person = make_person(councils.wales, role="screener")
    with db.unit_of_work(Scope(councils.wales)) as session:
        assert session.execute(WALLS).one()[1] == ""
        scope.act_as(person.actor)
        db.scope_changed()
        assert session.execute(WALLS).one()[1] == "council"


def _kill_own_backend(admin: Admin) -> None:
    pid = db.session().execute(text("select pg_backend_pid()")).scalar_one()
    # In the open transaction of the session: its commit is what fails.
    admin.execute("select pg_terminate_backend(%s, 5000)", (pid,))


def test_a_commit_that_nobody_answers_is_unavailable(admin: Admin) -> None:
    work = db.unit_of_work(scope.NOWHERE)
    session = work.__enter__()
    session.execute(insert(Account).values(**account()))
    _kill_own_backend(admin)
    with pytest.raises(Unavailable):
        work.__exit__(None, None, None)
    assert names(admin) == 0


def test_the_next_unit_of_work_after_that_has_a_connection(admin: Admin) -> None:
    with pytest.raises(Unavailable), db.unit_of_work(scope.NOWHERE):
        _kill_own_backend(admin)
    with db.unit_of_work(scope.NOWHERE) as session:
        assert session.execute(text("select 1")).scalar_one() == 1


def test_a_commit_that_a_rule_refuses_says_which_and_leaves_nothing(admin: Admin) -> None:
    twice = account()
    with pytest.raises(IntegrityError), db.unit_of_work(scope.NOWHERE) as session:
        session.add(Account(**twice))
        session.add(Account(**(twice | {"id": uuid4()})))
    assert names(admin) == 0


def test_a_process_without_an_engine_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_factory", None)
    with pytest.raises(Unavailable):
        db.new_session()
    monkeypatch.undo()


def test_a_pooled_connection_carries_nothing_to_its_next_user(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_factory", None)  # put back at the end: other tests share the process's engine
    engine = db.make_engine(settings.database_url, pool_size=1, max_overflow=0)
    db.bind(engine)

    def state() -> tuple[str, int, int]:
        with db.unit_of_work(scope.NOWHERE) as session:
            row = session.execute(
                text(
                    "select current_setting('search_path'), pg_backend_pid(),"
                    " (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())"
                )
            ).one()
            return row[0], row[1], row[2]

    before = state()
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(text("set search_path to pg_catalog"))
        session.execute(text("select pg_advisory_lock(7)"))
    assert state() == before  # the same connection, as it was
    engine.dispose()


def test_requests_give_their_connection_back(client: FlaskClient, councils: Councils) -> None:
    del councils
    for path in ("/", "/glan-yr-afon/", "/glan-yr-afon/account", "/nowhere", "/glan-yr-afon/referrals/XXXX"):
        client.get(path)
        assert db._session.get() is None
        assert scope.current() is scope.NOWHERE
        assert _pool().checkedout() == 0


def test_people_of_factories_are_found(councils: Councils) -> None:
    """The tests above count accounts: this one fails if the factory stopped writing them."""
    person: Person = make_person(councils.wales)
    with db.unit_of_work(scope.NOWHERE) as session:
        found: UUID = session.execute(select(Account.id)).scalar_one()
    assert found == person.account_id
