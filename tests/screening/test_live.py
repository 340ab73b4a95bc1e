"""A list says what has come in or changed since it was drawn, to a script that keeps nobody signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.auth.policy import Permission
from portal.kernel import clock, db
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.screening.commands import holding
from portal.screening.commands.restricting import restrict
from tests.factories.pages import soup
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft, send_draft

Admin = psycopg.Connection[tuple[object, ...]]
# The session's own; then the numbers, what changed, and what is urgent.
MOST_STATEMENTS = 3
EARLIER = timedelta(minutes=10)


@pytest.fixture
def screener(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.england, role="screener", name="Ali Screener")
    sign_in(client, person)
    return person


def ask(client: FlaskClient, tag: str = "", **query: Any) -> Any:
    since = query.pop("since", clock.now() - EARLIER)
    headers = {"X-Background": "yes"} | ({"If-None-Match": tag} if tag else {})
    return client.get(f"/avonmere/holding-area/now?{urlencode({'since': since.isoformat(), **query})}", headers=headers)


def old(council: Any, author: Person, **more: Any) -> Made:
    """A report that came an hour ago."""
    return make_referral(council, author, sent_at=clock.now() - timedelta(hours=1), **more)


def test_it_says_how_many_are_new_changed_or_late(client: FlaskClient, councils: Councils, screener: Person) -> None:
    council, author, now = councils.england, make_person(councils.england), clock.now()
    quiet, taken = old(council, author), old(council, author)
    assert ask(client).json["said"] == ""
    make_referral(council, author)
    old(council, author, due_at=now - timedelta(minutes=1))
    with db.unit_of_work(screener.scope):
        holding.claim(screener.actor, find(screener.actor, Permission.CLAIM, taken.reference))
    old(council, author, state="decided", owner=screener)
    found = ask(client).json
    assert found["said"] == "4 new or changed."
    assert found["more"] == "Show them"
    assert found["tabs"][:3] == ["4", "3", "1"]
    assert ask(client, tab="mine").json["said"] == "2 new or changed."
    assert ask(client, owner="nobody").json["said"] == "2 new or changed."
    assert ask(client, tab="decided").json["said"] == "1 new or changed."
    assert quiet.reference not in ask(client).text


def test_the_page_asks_where_it_was_drawn_and_has_a_link_without_scripts(
    client: FlaskClient, councils: Councils, screener: Person
) -> None:
    make_referral(councils.england, make_person(councils.england))
    page = soup(client.get("/avonmere/holding-area?route=MASH"))
    line = page.select_one("[data-live]")
    assert line is not None
    link = line.select_one("a")
    assert link is not None
    assert link["href"] == "/avonmere/holding-area?route=MASH"
    numbers = [one.text for one in page.select("[data-live-number]")]
    answer: Any = client.get(str(line["data-live"]))
    # What had just come when the list was drawn may be told once more: its writing might not have ended before.
    assert answer.json["tabs"] == numbers


def test_nothing_changed_is_no_answer(client: FlaskClient, councils: Councils, screener: Person) -> None:
    since = clock.now()
    first = ask(client, since=since)
    assert first.headers["Cache-Control"] == "no-store"
    again = ask(client, tag=first.headers["ETag"], since=since)
    assert (again.status_code, again.data) == (304, b"")
    make_referral(councils.england, make_person(councils.england))
    assert ask(client, tag=first.headers["ETag"], since=since).status_code == 200


def test_three_statements_of_its_own(
    client: FlaskClient, councils: Councils, screener: Person, statements: list[str]
) -> None:
    make_referral(councils.england, make_person(councils.england))
    ask(client)
    statements.clear()
    assert ask(client).status_code == 200
    own = [one for one in statements if "set_config" not in one and "account_session" not in one]
    assert len(own) <= MOST_STATEMENTS, "\n".join(own)


def test_a_screen_left_open_locks_all_the_same(client: FlaskClient, screener: Person, admin: Admin) -> None:
    """Whether or not the script says that nobody is there; and asking records no reading."""
    seen = "update account_session set seen_at = now() - interval '29 minutes' returning seen_at"
    before = admin.execute(seen).fetchall()
    read = admin.execute("select count(*) from audit_event where event = 'referrals.read'").fetchall()
    for headers in ({"X-Background": "yes"}, {}):
        assert client.get("/avonmere/holding-area/now", headers=headers).status_code == 200
        assert admin.execute("select seen_at from account_session").fetchall() == before
    assert admin.execute("select count(*) from audit_event where event = 'referrals.read'").fetchall() == read
    admin.execute("update account_session set seen_at = now() - interval '31 minutes'")
    assert client.get("/avonmere/holding-area/now").status_code == 303


def test_it_tells_of_no_report_that_is_not_there_for_them(
    client: FlaskClient, councils: Councils, screener: Person
) -> None:
    made = make_referral(councils.england, make_person(councils.england))
    make_referral(councils.wales, make_person(councils.wales))
    manager = make_person(councils.england, role="practice_manager")
    with db.unit_of_work(manager.scope):
        restrict(manager.actor, find(manager.actor, Permission.RESTRICT, made.reference), "adoption", "", ())
    assert ask(client).json["said"] == ""
    assert ask(client).json["tabs"][0] == "0"


def test_an_urgent_report_comes_with_its_alert_once(client: FlaskClient, councils: Councils, screener: Person) -> None:
    author = make_person(councils.england)
    reference = send_draft(author, make_draft(author, b_danger_now="yes"))
    found = ask(client).json
    assert found["said"] == "An urgent report has come in. 1 new or changed."
    assert reference in found["alert"]
    assert f"/screening/{reference}/acknowledge" in found["alert"]
    assert ask(client, shown=reference).json["alert"] == ""
    page = soup(client.get("/avonmere/holding-area")).select_one("[data-live]")
    assert page is not None
    assert f"shown={reference}" in str(page["data-live"])


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-23", "9" * 3000, "2026-11-23T10:00"])
def test_whatever_stands_in_the_address(client: FlaskClient, screener: Person, since: str) -> None:
    answer = client.get(f"/avonmere/holding-area/now?{urlencode({'since': since, 'shown': since, 'after': since})}")
    assert answer.status_code == 200
    assert answer.json is not None


def test_a_change_that_was_being_written_is_not_missed(
    client: FlaskClient, councils: Councils, screener: Person
) -> None:
    """Its moment lies before the list's, and nobody saw it then."""
    made = old(councils.england, make_person(councils.england))
    since = clock.now()
    with db.unit_of_work(screener.scope) as session:
        session.execute(update(Referral).where(Referral.id == made.id).values(changed_at=since - timedelta(seconds=1)))
    assert ask(client, since=since).json["said"] == "1 new or changed."
