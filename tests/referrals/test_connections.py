"""A declared connection: the family's reports, those of before and those to come, are not there for who declared it."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import NotFound
from portal.referrals.commands.connections import declare
from portal.referrals.connecting import marks_of, plain, touches
from portal.referrals.models import Connection, Referral
from portal.referrals.queries.connections import Declared, declared_by, who_must_not_see
from portal.referrals.queries.record import find
from tests.factories.pages import submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils

BORN = date(2019, 3, 27)


@pytest.fixture
def author(councils: Councils) -> Person:
    return make_person(councils.england)


@pytest.fixture
def screener(councils: Councils) -> Person:
    return make_person(councils.england, role="screener")


def say(who: Person, last: str, first: str = "", born: date | None = None) -> None:
    with db.unit_of_work(who.scope):
        declare(who.actor, Declared(first, last, born))


def sees(who: Person, made: Made, permission: Permission = Permission.SCREEN) -> bool:
    with db.unit_of_work(who.scope):
        try:
            find(who.actor, permission, made.reference)
        except NotFound:
            return False
    return True


def test_names_are_compared_without_case_accents_and_marks() -> None:
    assert plain("O'Neill-Ŵyn  SIÂN") == plain("oneill wyn sian") == "oneillwynsian"


@pytest.mark.parametrize(
    ("said", "child", "hidden"),
    [
        (("", "Rhys", None), ("Cai", "Rhys", BORN), True),
        (("Cai", "RHYS", None), ("cai", "Rhŷs", BORN), True),
        (("Mali", "Rhys", None), ("Cai", "Rhys", BORN), False),
        (("Cai", "Rhys", BORN), ("Cai", "Rhys", None), True),
        (("Cai", "Rhys", BORN), ("", "Rhys", BORN), True),
        (("Cai", "Rhys", date(2020, 1, 1)), ("Cai", "Rhys", BORN), False),
        (("", "Rhys", None), ("Cai", "", BORN), False),
    ],
)
def test_who_is_meant(
    screener: Person, said: tuple[str, str, date | None], child: tuple[str, str, date | None], hidden: bool
) -> None:
    with db.unit_of_work(screener.scope):
        marks = marks_of(screener.account_id, Declared(*said))
        assert touches(marks, Declared(*child)) is hidden


def test_reports_of_before_are_hidden_and_given_back(author: Person, screener: Person) -> None:
    other = make_person(author.council, role="screener")
    hidden = make_referral(
        author.council, author, state="screening", owner=screener, children=[Child(last_name="Rhys CNRY")]
    )
    kept = make_referral(author.council, author, children=[Child(last_name="Jones CNRY")])
    say(screener, "rhys cnry", born=BORN)
    assert (sees(screener, hidden), sees(screener, kept), sees(other, hidden)) == (False, True, True)
    with db.unit_of_work(other.scope):
        found = find(other.actor, Permission.SCREEN, hidden.reference)
        assert (found.owner_id, found.state) == (None, "sent")


def test_a_restricted_report_is_hidden_for_later(author: Person, screener: Person) -> None:
    manager = make_person(author.council, role="practice_manager")
    made = make_referral(author.council, author, sight=[manager.account_id], children=[Child(last_name="Rhys CNRY")])
    say(screener, "Rhys CNRY")
    with db.unit_of_work(manager.scope) as session:
        assert session.execute(select(Referral.unseen_by).where(Referral.id == made.id)).scalar_one() == [
            screener.account_id
        ]


def test_a_report_to_come_is_hidden_from_its_first_moment(author: Person, screener: Person) -> None:
    say(screener, "Rhys CNRY")
    with db.unit_of_work(author.scope):
        child = Declared("Cai", "Rhys-CNRY", BORN)
        assert who_must_not_see([child], author.account_id) == {screener.account_id}
        assert who_must_not_see([Declared("Cai", "Jones", BORN)], author.account_id) == frozenset()


def test_a_lead_sees_their_own_report_and_no_colleagues(author: Person) -> None:
    lead = make_person(author.council, role="agency_lead")
    theirs = make_referral(author.council, lead, children=[Child(last_name="Rhys CNRY")])
    other = make_referral(author.council, author, children=[Child(last_name="Rhys CNRY")])
    say(lead, "Rhys CNRY")
    assert sees(lead, theirs, Permission.TRACK)
    assert not sees(lead, other, Permission.TRACK)


def test_what_was_said_is_sealed_and_the_trail_says_that_only(screener: Person) -> None:
    say(screener, "Rhys CNRY", "Cai")
    say(screener, "Rhys CNRY", "Cai")  # twice is once
    with db.unit_of_work(screener.scope) as session:
        rows = session.execute(select(Connection)).scalars().all()
        assert len(rows) == 1
        assert b"Rhys" not in rows[0].words
        assert [(one.first_name, one.last_name) for one in declared_by(screener.actor)] == [("Cai", "Rhys CNRY")]
        event = session.execute(select(AuditEvent).where(AuditEvent.event == Event.CONNECTION_DECLARED)).scalar_one()
        assert (event.subject_id, event.detail) == (screener.account_id, {})


def test_the_page(client: FlaskClient, screener: Person) -> None:
    sign_in(client, screener)
    where = "/account/connections"

    def post(**typed: str) -> TestResponse:
        return submit(
            client, screener.council, where, where, {name.replace("_of_", "-"): value for name, value in typed.items()}
        )

    assert post(last_name="").status_code == 422
    wrong = post(last_name="Rhys CNRY", born_of_day="31", born_of_month="2", born_of_year="2019")
    assert wrong.status_code == 422
    assert "Date of birth must be a real date" in wrong.get_data(as_text=True)
    assert post(last_name="Rhys CNRY").status_code == 303
    assert "Rhys CNRY" in client.get(f"/{screener.council.slug}{where}").get_data(as_text=True)
