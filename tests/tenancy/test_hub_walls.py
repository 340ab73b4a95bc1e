"""Attacks on the hub's walls as the application's own role: a query that forgets everything finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from portal.cli.cluster import Addresses
from tests.tenancy.rows import ACCOUNT, AGENCIES, COUNCILS, Connection, fill, insert, row_id, rows

HUB = ("hub_room", "hub_access", "hub_message")
SYSTEM = UUID(int=0)
OTHER = uuid4()


@pytest.fixture
def application(database: Addresses, admin: Connection) -> Iterator[Connection]:
    """portal_app, with both councils' rows; ACCOUNT is a partner of both agencies and wrote none of the reports."""
    fill(admin)
    admin.execute("update hub_access set authors = %s", ([OTHER],))
    with psycopg.connect(database.app.replace("+psycopg", "")) as connection:
        yield connection
        connection.rollback()


def be(connection: Connection, actor: UUID = ACCOUNT, agency: str = "school", reach: str = "agency") -> None:
    settings = {
        "app.tenant_id": str(COUNCILS["one"]),
        "app.agency_id": str(AGENCIES[agency]) if agency else "",
        "app.reach": reach,
        "app.actor_id": str(actor),
    }
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, true)", (name, value))


def counts(connection: Connection) -> list[int]:
    found = []
    for table in HUB:
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
        found.append(int(str(row[0])) if row else -1)
    return found


def test_a_partner_sees_what_is_open_to_their_agency_and_no_report_by_that(
    application: Connection, admin: Connection
) -> None:
    # The surgery's report is open to the school: its hub is there, and the report is not.
    admin.execute(
        "update hub_access set agency_id = %s where id = %s",
        (AGENCIES["school"], row_id("one", "surgery", "hub_access")),
    )
    be(application)
    assert counts(application) == [2, 2, 2]
    reports = application.execute("select reference from referral").fetchall()
    assert reports == [("one-school",)]
    be(application, agency="surgery")
    assert counts(application) == [0, 0, 0]


@pytest.mark.parametrize(
    "change",
    [
        "update hub_member set ended_at = now()",
        "update hub_access set withdrawn_at = now(), withdrawn_by = opened_by",
        "update hub_access set hidden = true",
        f"update hub_access set authors = '{{{ACCOUNT}}}'",
        f"update hub_access set unseen_by = '{{{ACCOUNT}}}'",
    ],
)
def test_nothing_is_left_once_it_is_closed_to_them(application: Connection, admin: Connection, change: str) -> None:
    be(application)
    assert counts(application) == [1, 1, 1]
    application.rollback()
    admin.execute(change.encode())
    be(application)
    assert counts(application) == [0, 0, 0]


def test_a_message_that_is_held_and_what_was_shared_before_are_the_councils(
    application: Connection, admin: Connection
) -> None:
    admin.execute("update hub_message set held_at = now(), agency_id = null")
    be(application)
    assert counts(application) == [1, 1, 0]
    for table in ("hub_former", "hub_release"):
        assert application.execute(f"select from {table}".encode()).fetchall() == []
    application.rollback()
    # Whoever wrote it does not learn by what vanishes.
    admin.execute("update hub_message set agency_id = %s", (AGENCIES["school"],))
    be(application)
    assert counts(application) == [1, 1, 1]
    admin.execute("update hub_message set agency_id = %s", (AGENCIES["surgery"],))
    assert counts(application) == [1, 1, 0]
    be(application, ACCOUNT, "", "council")
    assert counts(application)[2] > 0


def test_a_file_of_the_hub_is_its_rooms_and_not_the_reporting_agencys(
    application: Connection, admin: Connection
) -> None:
    """The surgery's file lies in the room of the surgery's report, which is open to the school alone."""
    surgery, school = (row_id("one", agency, "hub_access") for agency in ("surgery", "school"))
    admin.execute("update hub_access set agency_id = %s where id = %s", (AGENCIES["school"], surgery))
    admin.execute("update hub_access set withdrawn_at = now(), withdrawn_by = opened_by where id = %s", (school,))
    room, file = row_id("one", "surgery", "hub_room"), row_id("one", "surgery", "stored_file")
    admin.execute("update stored_file set hub_room_id = %s where id = %s", (room, file))

    def files() -> set[object]:
        found = application.execute("select id from stored_file where hub_room_id is not null").fetchall()
        linked = application.execute("select file_id from hub_file").fetchall()
        assert {one for (one,) in found} == {one for (one,) in linked} & {file}
        return {one for (one,) in found}

    be(application)
    assert files() == {file}
    be(application, OTHER)
    assert files() == set()
    be(application, ACCOUNT, "surgery")
    assert files() == set()
    application.rollback()
    admin.execute("update hub_message set held_at = now()")
    be(application)
    assert application.execute("select from hub_file").fetchall() == []


def test_whoever_is_no_partner_has_no_row(application: Connection) -> None:
    for actor, agency, reach in ((OTHER, "school", "agency"), (ACCOUNT, "", ""), (ACCOUNT, "school", "")):
        be(application, actor, agency, reach)
        expected = [1, 1, 1] if (actor, agency) == (ACCOUNT, "school") else [0, 0, 0]
        assert counts(application) == expected


def test_nobody_writes_in_the_name_of_others_or_opens_anything(application: Connection) -> None:
    mine = {**rows("one", "school")["hub_message"], "id": uuid4(), "once": uuid4()}
    be(application)
    insert(application, "hub_message", mine)
    forged = ({"agency_id": None}, {"agency_id": AGENCIES["surgery"]}, {"author_id": OTHER})
    for change in forged:
        with pytest.raises(psycopg.errors.InsufficientPrivilege), application.transaction():
            insert(application, "hub_message", {**mine, "id": uuid4(), "once": uuid4(), **change})
    for table in ("hub_room", "hub_access"):
        values = {**rows("one", "school")[table], "id": uuid4()}
        with pytest.raises(psycopg.errors.InsufficientPrivilege), application.transaction():
            insert(application, table, values)


def test_what_the_report_says_later_follows_whoever_says_it(application: Connection) -> None:
    be(application, OTHER)
    # Somebody of the agency, who sees nothing of the hub, gives the report to a partner.
    application.execute("update referral set author_id = %s", (ACCOUNT,))
    be(application)
    assert application.execute("select current_setting('app.reach')").fetchone() == ("agency",)
    assert counts(application) == [1, 1, 1]
    be(application, SYSTEM, reach="council")
    application.execute("update referral set unseen_by = %s where reference = 'one-school'", ([ACCOUNT],))
    be(application)
    assert counts(application) == [0, 0, 0]
    be(application, ACCOUNT, "", "council")
    # Of the council's people, too, only those for whom the report is there.
    assert counts(application) == [1, 1, 1]
