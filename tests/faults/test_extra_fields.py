"""Fields that a form does not have change nothing: every column of the table it writes is posted besides."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from psycopg.rows import dict_row
from sqlalchemy import inspect

from portal.auth.models import Account, Membership
from portal.kernel.tables import Base
from portal.messaging.models import Message
from portal.referrals.models import Referral
from portal.screening.models import Decision
from tests.factories.decisions import fields as decision_fields
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.faults.test_database import urgent
from tests.fixtures.councils import Councils
from tests.referrals.clicking import filled, main_form

Admin = psycopg.Connection[tuple[object, ...]]
GENERIC = (
    "role",
    "is_admin",
    "admin",
    "user_id",
    "account_id",
    "owner",
    "status",
    "_method",
    "next",
    "actor",
    "system",
)
FORGED = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def author(councils: Councils) -> Person:
    """A referrer in Avonmere."""
    return make_person(councils.england)


@pytest.fixture
def screener(councils: Councils) -> Person:
    """A screener in Avonmere."""
    return make_person(councils.england, role="screener")


def extra(model: type[Base], data: dict[str, list[str]]) -> dict[str, list[str]]:
    """The form with every column of the table, unless the form has such a field."""
    columns = [column.key for column in inspect(model).columns]
    forged = {name: [FORGED] for name in (*columns, *GENERIC) if name not in data}
    return {**data, **forged}


def rows(admin: Admin, table: str, order: str = "1") -> list[dict[str, object]]:
    """Every row of a table."""
    with admin.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select * from {table} order by {order}".encode()).fetchall()


def forged(row: dict[str, object]) -> list[str]:
    return [name for name, value in row.items() if str(value) == FORGED]


def form(client: FlaskClient, path: str, action: str) -> dict[str, list[str]]:
    return filled(main_form(BeautifulSoup(client.get(path).get_data(as_text=True), "html.parser"), action))


def test_an_urgent_report(client: FlaskClient, author: Person, admin: Admin) -> None:
    sign_in(client, author)
    path, data = urgent(client, author)
    assert client.post(path, data=extra(Referral, data)).status_code == 303
    (row,) = rows(admin, "referral")
    assert forged(row) == []
    expected = {
        "tenant_id": author.council.id, "author_id": author.account_id, "agency_id": author.actor.agency_id,
        "state": "sent", "kind": "urgent", "route": "MASH_URGENT", "priority": "urgent", "owner_id": None,
        "overridden": False, "outcome": None, "decided_at": None,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_a_reply_and_a_question(client: FlaskClient, author: Person, screener: Person, admin: Admin) -> None:
    reference = make_referral(author.council, author, state="screening", owner=screener).reference
    sign_in(client, screener)
    page = f"/avonmere/screening/{reference}"
    data = form(client, page, "/ask") | {"message": ["When CNRY?"]}
    assert client.post(f"{page}/ask", data=extra(Message, data)).status_code == 303
    sign_in(client, author)
    page = f"/avonmere/referrals/{reference}"
    data = form(client, page, "/reply") | {"message": ["Then CNRY"]}
    assert client.post(f"{page}/reply", data=extra(Message, data)).status_code == 303
    question, answer = rows(admin, "message", "sent_at")
    assert forged(question) == forged(answer) == []
    assert (question["side"], question["author_id"]) == ("council", screener.account_id)
    assert (answer["side"], answer["author_id"]) == ("agency", author.account_id)


def test_an_outcome(client: FlaskClient, author: Person, screener: Person, admin: Admin) -> None:
    reference = make_referral(author.council, author, state="screening", owner=screener).reference
    sign_in(client, screener)
    page = f"/avonmere/screening/{reference}/decide"
    outcome = author.council.settings.outcomes[0].key
    data = form(client, f"{page}?outcome={outcome}", "") | {"rationale": ["CNRY because"], "told": ["CNRY thanks"]}
    data |= {name: value if isinstance(value, list) else [value] for name, value in decision_fields().items()}
    assert client.post(page, data=extra(Decision, data)).status_code == 303
    (row,) = rows(admin, "decision")
    assert forged(row) == []
    assert row["decided_by"] == screener.account_id
    assert row["tenant_id"] == author.council.id


def test_approving_somebody(client: FlaskClient, councils: Councils, admin: Admin) -> None:
    sign_in(client, make_person(councils.england, role="council_admin"))
    waiting = make_person(councils.england, state="pending")
    address = f"/people/{waiting.actor.membership_id}/approve"
    data = form(client, "/avonmere/people", address)
    assert client.post(f"/avonmere{address}", data=extra(Membership, data)).status_code == 303
    (row,) = [one for one in rows(admin, "membership") if one["account_id"] == waiting.account_id]
    assert forged(row) == []
    assert (row["role"], row["state"], row["agency_id"]) == ("referrer", "active", waiting.actor.agency_id)


def test_ones_own_account(client: FlaskClient, author: Person, admin: Admin) -> None:
    sign_in(client, author)
    before = rows(admin, "account")
    data = form(client, "/avonmere/account", "/language") | {"lang": ["cy"]}
    assert client.post("/avonmere/account/language", data=extra(Account, data)).status_code == 303
    (row,) = rows(admin, "account")
    assert row == before[0] | {"language": "cy"}


def test_a_section_of_a_draft_of_somebody_else_is_not_opened_by_a_field(
    client: FlaskClient, author: Person, admin: Admin
) -> None:
    sign_in(client, author)
    path, data = urgent(client, author)
    other = make_person(author.council)
    data = {**data, "draft_id": [str(uuid4())], "author_id": [str(other.account_id)]}
    assert client.post(f"{path}?author_id={other.account_id}", data=data).status_code == 303
    assert [row["author_id"] for row in rows(admin, "referral")] == [author.account_id]
