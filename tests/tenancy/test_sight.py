"""The third wall: a report that somebody may not see, and all that hangs on it, is not there for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from portal.auth.policy import Sight, sees
from portal.auth.reach import within_sight
from portal.cli.cluster import Addresses
from portal.kernel import db
from portal.kernel.scope import SYSTEM, Actor, Council, Scope
from portal.referrals.models import Referral
from tests.tenancy.rows import ACCOUNT, AGENCIES, BEHIND_REPORT, COUNCILS, Connection, fill, insert, row_id, rows

ONE, TWO = UUID(int=101), UUID(int=102)
REPORT = row_id("one", "school", "referral")
COUNCIL = Council(COUNCILS["one"], "one", {}, "wales", ("en",))


def screener(account_id: UUID, opened: frozenset[UUID] = frozenset()) -> Actor:
    return Actor(account_id, role="screener", state="active", strength="totp", opened=opened)


def colleague(account_id: UUID) -> Actor:
    return Actor(account_id, role="agency_lead", state="active", agency_id=AGENCIES["school"], strength="totp")


ACTORS: list[Actor] = [
    SYSTEM, screener(ONE), screener(TWO), screener(TWO, frozenset({REPORT})), screener(TWO, frozenset({uuid4()})),
    colleague(ONE), colleague(TWO), colleague(ACCOUNT),
]  # fmt: skip
REPORTS: list[dict[str, object]] = [
    {"sight": sight, "author_only": author_only, "unseen_by": unseen_by}
    for sight in (None, [ONE], [ONE, TWO], [])
    for author_only in (False, True)
    for unseen_by in ([], [TWO], [ONE, TWO])
]


DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@pytest.fixture
def application(database: Addresses, admin: Connection) -> Iterator[Connection]:
    """A connection as portal_app to a database that holds both councils' rows."""
    fill(admin)
    with psycopg.connect(database.app.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


@contextmanager
def acting(connection: Connection, actor: Actor | None) -> Iterator[Connection]:
    """One transaction as that person, with the settings that the application itself would make."""
    for name, value in db.settings_of(Scope(COUNCIL, actor)).items():
        setting = {"tenant": "tenant_id", "agency": "agency_id", "actor": "actor_id"}.get(name, name)
        connection.execute("select set_config(%s, %s, true)", (f"app.{setting}", value))
    yield connection
    connection.rollback()


def mark(admin: Connection, values: dict[str, object]) -> None:
    admin.execute(
        "update referral set sight = %s, author_only = %s, unseen_by = %s where id = %s",
        (values["sight"], values["author_only"], values["unseen_by"], REPORT),
    )


def there(connection: Connection, table: str) -> bool:
    column = "id" if table == "referral" else "referral_id"
    found = connection.execute(f"select count(*) from {table} where {column} = %s".encode(), (REPORT,)).fetchone()
    assert found is not None
    return found[0] == 1


def test_policy_query_and_wall_agree(application: Connection, admin: Connection) -> None:
    for values in REPORTS:
        mark(admin, values)
        sight = values["sight"]
        report = Sight(
            REPORT,
            ACCOUNT,
            None if sight is None else frozenset(sight),  # type: ignore[call-overload] # a list of ids above
            bool(values["author_only"]),
            frozenset(values["unseen_by"]),  # type: ignore[call-overload] # a list of ids above
        )
        for actor in ACTORS:
            expected = sees(actor, report)
            clause = select(Referral.id).where(Referral.id == REPORT, within_sight(actor, Referral))
            compiled = clause.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
            row = admin.execute(str(compiled).encode()).fetchone()
            assert (row is not None) is expected, ("query", values, actor)
            with acting(application, actor) as connection:
                assert there(connection, "referral") is expected, ("wall", values, actor)


@pytest.mark.parametrize("table", BEHIND_REPORT)
def test_what_hangs_on_a_report_is_hidden_with_it(application: Connection, admin: Connection, table: str) -> None:
    mark(admin, {"sight": [ONE], "author_only": True, "unseen_by": []})
    for actor, seen in ((screener(ONE), True), (screener(TWO), False), (colleague(TWO), False)):
        with acting(application, actor) as connection:
            assert there(connection, table) is seen
    with (
        acting(application, screener(TWO)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        insert(connection, table, {**rows("one", "school")[table], "id": uuid4()})


def test_nobody_in_particular_sees_only_what_nobody_is_kept_from(application: Connection, admin: Connection) -> None:
    cases: tuple[tuple[dict[str, object], bool], ...] = (
        ({"sight": None, "author_only": False, "unseen_by": []}, True),
        ({"sight": [ONE], "author_only": False, "unseen_by": []}, False),
        ({"sight": None, "author_only": False, "unseen_by": [ONE]}, False),
    )
    for values, seen in cases:
        mark(admin, values)
        with acting(application, screener(ONE)) as connection:
            connection.execute("select set_config('app.actor_id', '', true)")
            assert there(connection, "referral") is seen


@pytest.mark.parametrize(
    "attack",
    [
        "update referral set sight = null",
        "update referral set unseen_by = '{}', sight = null",
        "delete from referral where sight is not null",
        "update restriction set lifted_at = now()",
    ],
)
def test_whoever_is_off_the_list_changes_nothing(application: Connection, admin: Connection, attack: str) -> None:
    mark(admin, {"sight": [ONE], "author_only": False, "unseen_by": []})
    with acting(application, screener(TWO)) as connection:
        connection.execute(attack.encode())
        connection.execute("select set_config('app.actor_id', %s, true)", (str(ONE),))
        assert there(connection, "referral")
        found = connection.execute("select sight from referral where id = %s", (REPORT,)).fetchone()
        assert found == ([ONE],)
        open_ones = "select count(*) from restriction where referral_id = %s and lifted_at is null"
        assert connection.execute(open_ones, (REPORT,)).fetchone() == (1,)


def test_a_report_cannot_be_given_to_a_list_without_oneself(application: Connection, admin: Connection) -> None:
    mark(admin, {"sight": [TWO], "author_only": False, "unseen_by": []})
    with acting(application, screener(TWO)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("update referral set sight = %s where id = %s", ([ONE], REPORT))


def test_the_wall_can_fail(application: Connection, admin: Connection) -> None:
    mark(admin, {"sight": [ONE], "author_only": False, "unseen_by": []})
    admin.autocommit = True
    policy = admin.execute("select qual from pg_policies where policyname = 'referral_sight'").fetchone()
    assert policy is not None
    admin.execute("drop policy referral_sight on referral")
    try:
        with acting(application, screener(TWO)) as connection:
            assert there(connection, "referral")
    finally:
        qual = str(policy[0])
        wall = f"create policy referral_sight on referral as restrictive for all using ({qual}) with check ({qual})"
        admin.execute(wall.encode())
