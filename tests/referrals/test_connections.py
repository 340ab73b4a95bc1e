"""A declared connection: the family's reports, those of before and those to come, are not there for who declared it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.adapters import outbox
from portal.audit.events import Event
from portal.audit.models import AuditEvent
from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.referrals.commands import ending_connections as ending
from portal.referrals.commands.connections import declare
from portal.referrals.connecting import marks_of, plain, touches
from portal.referrals.letters import letter
from portal.referrals.models import Connection, Notice, Referral
from portal.referrals.queries.connections import Declared, declarations, declared_by, who_must_not_see
from portal.referrals.queries.notices import to_tell
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


def id_of(who: Person, last: str) -> UUID:
    with db.unit_of_work(who.scope):
        return next(one.id for one in declared_by(who.actor) if one.last_name == last and one.id)


def end(who: Person, connection_id: UUID, why: str = "We have not met for years") -> None:
    with db.unit_of_work(who.scope):
        ending.end(who.actor, connection_id, why)


def test_who_ends_one_sees_the_family_again_and_the_managers_are_told_why(author: Person, screener: Person) -> None:
    manager = make_person(author.council, role="practice_manager")
    made = make_referral(author.council, author, children=[Child(last_name="Rhys CNRY")])
    say(screener, "Rhys CNRY")
    with db.unit_of_work(manager.scope):
        assert [(one.who, one.family, one.why) for one in declarations(manager.actor)] == [(screener.name, None, "")]
    mine = id_of(screener, "Rhys CNRY")
    end(screener, mine)
    end(screener, mine)  # twice is once
    assert sees(screener, made)
    with db.unit_of_work(manager.scope) as session:
        told = session.execute(select(Notice.id, Notice.account_id).where(Notice.kind == "connection")).all()
        assert [one.account_id for one in told] == [manager.account_id]
        email = letter(author.council, to_tell(told[0].id))
        assert "/restricted/connections" in email.body
        assert "CNRY" not in email.subject + email.body
        assert screener.name not in email.subject + email.body
        (one,) = declarations(manager.actor)
        assert one.family is not None
        assert (one.family.last_name, one.why) == ("Rhys CNRY", "We have not met for years")
        events = session.execute(select(AuditEvent.event, AuditEvent.detail)).all()
        assert (Event.CONNECTION_ENDED, {}) in [tuple(event) for event in events]
    with pytest.raises(Forbidden), db.unit_of_work(screener.scope):
        declarations(screener.actor)


def test_without_a_manager_somebody_else_is_told_that_one_was_ended(
    author: Person, screener: Person, run_jobs: Callable[[], None]
) -> None:
    say(screener, "Rhys CNRY")
    end(screener, id_of(screener, "Rhys CNRY"))
    admin = make_person(author.council, role="council_admin")
    say(screener, "Prys CNRY")
    end(screener, id_of(screener, "Prys CNRY"))
    run_jobs()
    with db.unit_of_work(admin.scope):
        ((alone,), (led,)) = outbox.kept(author.council.settings.security_contact), outbox.kept(admin.email)
    assert "whoever runs the portal" in alone.body
    assert f"/{author.council.slug}/people" in led.body
    for email in (alone, led):
        for name in (screener.name, "CNRY", "years"):
            assert name not in email.subject + email.body


def test_another_connection_keeps_what_it_hides(author: Person, screener: Person) -> None:
    one = make_referral(author.council, author, children=[Child(first_name="Cai", last_name="Rhys CNRY")])
    other = make_referral(author.council, author, children=[Child(first_name="Mali", last_name="Rhys CNRY")])
    say(screener, "Rhys CNRY")
    say(screener, "Rhys CNRY", "Cai")
    with db.unit_of_work(screener.scope):
        whole = next(said.id for said in declared_by(screener.actor) if not said.first_name and said.id)
    end(screener, whole)
    assert (sees(screener, one), sees(screener, other)) == (False, True)


def test_a_manager_hides_the_family_again(author: Person, screener: Person) -> None:
    manager = make_person(author.council, role="practice_manager")
    made = make_referral(author.council, author, children=[Child(last_name="Rhys CNRY")])
    say(screener, "Rhys CNRY")
    mine = id_of(screener, "Rhys CNRY")
    end(screener, mine)
    with pytest.raises(Forbidden), db.unit_of_work(screener.scope):
        ending.put_back(screener.actor, mine)
    for _ in range(2):
        with db.unit_of_work(manager.scope):
            ending.put_back(manager.actor, mine)
    assert not sees(screener, made)
    assert id_of(screener, "Rhys CNRY") == mine


def test_nobody_ends_what_is_not_theirs_or_without_a_reason(author: Person, screener: Person) -> None:
    manager = make_person(author.council, role="practice_manager")
    say(screener, "Rhys CNRY")
    mine = id_of(screener, "Rhys CNRY")
    for who, why, error in ((manager, "Curious", NotFound), (screener, "", Invalid), (screener, "x" * 2001, Invalid)):
        with pytest.raises(error):
            end(who, mine, why)


def test_the_pages_of_ending_one(client: FlaskClient, author: Person, screener: Person) -> None:
    manager = make_person(author.council, role="practice_manager")
    say(screener, "Rhys CNRY")
    where = f"/account/connections/{id_of(screener, 'Rhys CNRY')}/end"
    sign_in(client, screener)
    assert submit(client, author.council, where, where, {"why": ""}).status_code == 422
    assert submit(client, author.council, where, where, {"why": "Long ago"}).status_code == 303
    assert client.get(f"/{author.council.slug}{where}").status_code == 404
    assert client.get(f"/{author.council.slug}/restricted/connections").status_code == 403
    sign_in(client, manager)
    page = client.get(f"/{author.council.slug}/restricted/connections").get_data(as_text=True)
    assert "Rhys CNRY" in page
    assert "Long ago" in page
