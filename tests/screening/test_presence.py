"""Who else of the council has a report open is said on its page, for some minutes, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.models import Referral
from portal.screening.commands import presence
from portal.screening.models import Presence
from tests.factories.pages import soup
from tests.factories.people import Person, agency_keys, make_person, sign_in
from tests.factories.referrals import Made, make_referral
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
NAME = "Siân O’Brien 李"


@pytest.fixture
def made(councils: Councils) -> Made:
    return make_referral(councils.england, make_person(councils.england))


@pytest.fixture
def ali(councils: Councils, client: FlaskClient) -> Person:
    person = make_person(councils.england, role="screener", name="Ali Screener")
    sign_in(client, person)
    return person


def open_it(app: Flask, person: Person, made: Made) -> FlaskClient:
    """Somebody else opens the report in a browser of their own."""
    other = app.test_client()
    sign_in(other, person)
    assert other.get(f"/avonmere/screening/{made.reference}").status_code == 200
    return other


def said(client: FlaskClient, made: Made) -> str:
    shown = soup(client.get(f"/avonmere/screening/{made.reference}")).select_one("[data-live-said]")
    assert shown is not None
    return shown.text


def now(client: FlaskClient, made: Made) -> Any:
    answer = client.get(f"/avonmere/screening/{made.reference}/now", headers={"X-Background": "yes"})
    return answer.json if answer.status_code == 200 else answer.status_code


def test_each_reads_the_others_name_and_nobody_their_own(
    app: Flask, client: FlaskClient, ali: Person, made: Made
) -> None:
    assert said(client, made) == ""
    other = open_it(app, make_person(ali.council, role="practice_manager", name=NAME), made)
    assert said(client, made) == f"{NAME} has this open."
    assert said(other, made) == "Ali Screener has this open."
    open_it(app, make_person(ali.council, role="screener", name="Priya Shah"), made)
    assert said(client, made) == "Priya Shah and 1 other person have this open."
    assert now(other, made)["said"] == "Ali Screener and 1 other person have this open."


def test_it_is_forgotten_after_some_minutes_and_kept_up_by_the_script(
    app: Flask, client: FlaskClient, ali: Person, made: Made, admin: Admin
) -> None:
    other = open_it(app, make_person(ali.council, role="screener", name="Priya Shah"), made)
    admin.execute("update presence set seen_at = seen_at - interval '4 minutes'")
    assert now(client, made)["said"] == ""
    assert now(other, made)["said"] == "Ali Screener has this open."
    assert now(client, made)["said"] == "Priya Shah has this open."
    admin.execute("update presence set seen_at = seen_at - interval '11 minutes'")
    with db.unit_of_work(Scope(ali.council, scope.SYSTEM)):
        assert presence.forget_old() == 2
        assert presence.forget_old() == 0


def test_only_the_council_knows_who(
    app: Flask, councils: Councils, client: FlaskClient, ali: Person, made: Made
) -> None:
    """The referrer's page names nobody; the page that asks again is not theirs; another agency knows nothing at all."""
    said(client, made)
    author = app.test_client()
    sign_in(author, made.author)
    shown = author.get(f"/avonmere/referrals/{made.reference}")
    assert shown.status_code == 200
    assert ali.name not in shown.text
    assert now(author, made) == 403
    for person, rows in ((made.author, 1), (make_person(councils.england, agency=agency_keys(councils.england)[1]), 0)):
        with db.unit_of_work(person.scope) as session:
            assert len(session.execute(select(Presence.id)).all()) == rows


def test_asking_keeps_no_session_alive_and_records_no_reading(
    client: FlaskClient, ali: Person, made: Made, admin: Admin
) -> None:
    before = admin.execute(
        "update account_session set seen_at = now() - interval '29 minutes' returning seen_at"
    ).fetchall()
    assert client.get(f"/avonmere/screening/{made.reference}/now").status_code == 200
    assert admin.execute("select seen_at from account_session").fetchall() == before
    assert admin.execute("select 1 from audit_event where event = 'referrals.read'").fetchall() == []


def test_a_page_that_is_no_longer_how_the_report_is_says_so(client: FlaskClient, ali: Person, made: Made) -> None:
    page = soup(client.get(f"/avonmere/screening/{made.reference}")).select_one("[data-live]")
    assert page is not None
    address = str(page["data-live"])
    before: Any = client.get(address)
    assert before.json["more"] == ""
    with db.unit_of_work(Scope(ali.council, scope.SYSTEM)) as session:
        session.execute(update(Referral).values(version=Referral.version + 1))
    answer: Any = client.get(address)
    found = answer.json
    assert found["said"] == "This has changed since you opened it."
    assert found["more"] == "Show it as it is now"


def test_in_few_statements(client: FlaskClient, ali: Person, made: Made, statements: list[str]) -> None:
    now(client, made)
    statements.clear()
    assert now(client, made)["said"] == ""
    own = [one for one in statements if "set_config" not in one and "account_session" not in one]
    assert len(own) <= 3, "\n".join(own)


def test_a_moment_is_short() -> None:
    assert presence.OPEN_FOR < presence.KEPT_FOR <= timedelta(minutes=10)
