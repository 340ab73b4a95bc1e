"""List pages stay cheap: few statements however many rows, no ORM entities, and one statement says who asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from portal.adapters.models import OutboxMail
from portal.auth.models import Account
from portal.kernel import clock, db, scope
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils

MOST_STATEMENTS = 8
FEW, MANY = 2, 30


@dataclass(frozen=True)
class ListPage:
    """A list: its address, whose it is, and what its rows look like; `at_most` rows are on one page."""

    path: str
    role: str
    rows: str
    at_most: int = 25


PAGES = {
    "holding area": ListPage("/avonmere/holding-area", "screener", "tbody tr"),
    "holding area, filtered": ListPage(
        "/avonmere/holding-area?sort=agency&owner=nobody&route=MASH&overdue=yes", "screener", "tbody tr"
    ),
    "holding area, decided": ListPage("/avonmere/holding-area?tab=decided", "screener", "tbody tr"),
    "my referrals": ListPage("/avonmere/referrals", "referrer", "tbody tr"),
    "my agency's referrals": ListPage("/avonmere/referrals?view=agency", "agency_lead", "tbody tr"),
    "people of an agency": ListPage("/avonmere/people", "agency_lead", "main section, main li", at_most=MANY),
    "people of a council": ListPage("/avonmere/people", "council_admin", "main section, main li", at_most=MANY),
    "outbox": ListPage("/outbox", "referrer", "main article", at_most=MANY),
}


@pytest.fixture
def loaded() -> Iterator[list[str]]:
    """The classes of the ORM entities that were loaded while the test runs."""
    seen: list[str] = []

    def note(_session: Session, instance: object) -> None:
        seen.append(type(instance).__name__)

    event.listen(Session, "loaded_as_persistent", note)
    yield seen
    event.remove(Session, "loaded_as_persistent", note)


def fill(councils: Councils, person: Person, count: int) -> None:
    """`count` more rows on each of the lists that the person sees."""
    council = councils.england
    author = person if person.actor.role == "referrer" else make_person(council)
    late = clock.now() - timedelta(hours=30)
    for number in range(count):
        make_referral(council, author, sent_at=late, due_at=late)
        make_referral(council, author, state="decided", owner=make_person(council, role="screener"))
        make_person(council, state="pending" if number % 2 else "active")
    mail = {"recipient": "somebody@example.org.uk", "subject": "A", "body": "B", "sent_at": clock.now()}
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(insert(OutboxMail), [mail] * count)


def count_of(client: FlaskClient, page: ListPage, statements: list[str]) -> tuple[int, int]:
    """Rows on the page and statements that it took, once the process knows its councils."""
    client.get(page.path)
    statements.clear()
    answer = client.get(page.path)
    assert answer.status_code == 200
    took = len(statements)
    return len(soup(answer).select(page.rows)), took


@pytest.mark.parametrize("name", PAGES)
def test_a_list_takes_few_statements_however_long(
    client: FlaskClient, councils: Councils, statements: list[str], loaded: list[str], name: str
) -> None:
    page = PAGES[name]
    person = make_person(councils.england, role=page.role)
    sign_in(client, person)
    fill(councils, person, FEW)
    rows, took = count_of(client, page, statements)
    assert rows >= FEW
    assert took <= MOST_STATEMENTS, "\n".join(statements)
    fill(councils, person, MANY)
    more_rows, as_before = count_of(client, page, statements)
    assert more_rows >= page.at_most
    assert as_before == took, "\n".join(statements)
    assert loaded == []


@pytest.mark.parametrize(
    ("role", "path"), [("screener", "/avonmere/holding-area"), ("referrer", "/avonmere/referrals")]
)
def test_one_statement_says_who_asks(
    client: FlaskClient, councils: Councils, statements: list[str], role: str, path: str
) -> None:
    sign_in(client, make_person(councils.england, role=role))
    client.get(path)
    statements.clear()
    assert client.get(path).status_code == 200
    asking = [one for one in statements if "account_session" in one]
    assert len(asking) == 1
    for part in ("join account a", "from membership x", "join council c"):
        assert part in asking[0]
    # Nothing before it but the council's setting, which its row-level security reads.
    assert statements.index(asking[0]) == 1
    assert "set_config" in statements[0]


def test_a_loaded_entity_would_be_noticed(councils: Councils, loaded: list[str]) -> None:
    make_person(councils.england)
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(select(Account.id)).all()
        assert loaded == []
        assert session.scalars(select(Account)).all()
    assert loaded == ["Account"]
