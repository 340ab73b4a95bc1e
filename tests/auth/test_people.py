"""Approving and removing people: only by those who may, the first decision stands, and at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest

from portal.auth.commands import memberships
from portal.kernel import clock, db
from portal.kernel.errors import Conflict, NotFound
from tests.auth.walking import Walker
from tests.factories import people
from tests.factories.people import Person

Admin = psycopg.Connection[tuple[object, ...]]
OAKFIELD, MILL_LANE = "oakfield-primary", "mill-lane-surgery"


@pytest.fixture
def newcomer(walker: Walker) -> Person:
    """A teacher who waits."""
    return people.make_person(walker.council, agency=OAKFIELD, state="pending", name="Newcomer")


def someone(walker: Walker, role: str, **more: str) -> Person:
    """Sign the walker in as somebody new."""
    person = people.make_person(walker.council, role=role, **more)  # type: ignore[arg-type] # only strings
    people.sign_in(walker.client, person)
    return person


def decide(walker: Walker, person: Person, decision: str, version: int = 1) -> int:
    """Press a button on the people page."""
    path = f"/people/{person.actor.membership_id}/{decision}"
    return walker.post(path, {"version": str(version)}, page="/people").status_code


def state(admin: Admin, person: Person) -> object:
    row = admin.execute("select state from membership where id = %s", (person.actor.membership_id,)).fetchone()
    assert row is not None
    return row[0]


def test_a_lead_approves_a_colleague_who_is_told(walker: Walker, admin: Admin, newcomer: Person) -> None:
    someone(walker, "agency_lead", agency=OAKFIELD)
    assert "Newcomer" in walker.get("/people").text
    assert decide(walker, newcomer, "approve") == 303
    assert state(admin, newcomer) == "active"
    mail = walker.mail(newcomer.email)
    assert "approved" in mail[0].subject
    assert "Newcomer" not in mail[0].body
    events = admin.execute("select event, subject_id from audit_event where event like 'auth.membership%'")
    assert events.fetchall() == [("auth.membership_approved", newcomer.actor.membership_id)]


@pytest.mark.parametrize("decision", ["approve", "refuse", "end", "suspend", "resume"])
def test_a_lead_of_another_agency_may_not_know(walker: Walker, admin: Admin, newcomer: Person, decision: str) -> None:
    someone(walker, "agency_lead", agency=MILL_LANE)
    assert "Newcomer" not in walker.get("/people").text
    token = {"version": "1", "csrf_token": walker.token("/people")}
    real = walker.send(f"/people/{newcomer.actor.membership_id}/{decision}", token)
    unknown = walker.send(f"/people/{uuid4()}/{decision}", token)
    assert real.status_code == unknown.status_code == 404
    nonce = real.text.split('nonce="')[1].split('"')[0], unknown.text.split('nonce="')[1].split('"')[0]
    assert real.text.replace(nonce[0], "") == unknown.text.replace(nonce[1], "")
    assert state(admin, newcomer) == "pending"


def test_another_council_may_not_know(new_walker: Callable[[str], Walker], admin: Admin, newcomer: Person) -> None:
    walker = new_walker("wales")
    someone(walker, "council_admin")
    assert decide(walker, newcomer, "approve") == 404
    assert state(admin, newcomer) == "pending"


def test_a_first_lead_is_approved_by_the_council_only(walker: Walker, admin: Admin) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD, state="pending")
    someone(walker, "agency_lead", agency=OAKFIELD)
    assert decide(walker, lead, "approve") == 404
    someone(walker, "practice_manager")
    place = f"/people/{lead.actor.membership_id}/lead"
    assert walker.where(walker.post(place.replace("lead", "approve"), {"version": "1"}, page="/people")) == place
    assert state(admin, lead) == "pending"
    fields = {"version": "1", "number": "01632 960301", "answered_by": "Ms Evans", "rang_on": clock.today().isoformat()}
    for wrong in ({"number": "01632 960999"}, {"answered_by": " "}, {"rang_on": "2020-01-01"}, {"number": ""}):
        assert walker.post(place, fields | wrong).status_code == 422
    assert state(admin, lead) == "pending"
    assert walker.where(walker.post(place, fields)) == "/people"
    assert state(admin, lead) == "active"
    row = admin.execute("select number, answered_by, membership_id from lead_check").fetchall()
    assert row == [("01632 960301", "Ms Evans", lead.actor.membership_id)]
    assert walker.get(place).status_code == 404


def test_an_agency_without_a_number_has_no_lead_yet(walker: Walker, admin: Admin) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD, state="pending")
    someone(walker, "practice_manager")
    place = f"/people/{lead.actor.membership_id}/lead"
    admin.execute("update agency set phone = '' where id = %s", (lead.actor.agency_id,))
    try:
        assert "no number of this agency" in walker.get(place).text
        fields = {"version": "1", "number": "", "answered_by": "X", "rang_on": clock.today().isoformat()}
        assert walker.post(place, fields).status_code == 422
    finally:
        admin.execute("update agency set phone = '01632 960301' where id = %s", (lead.actor.agency_id,))


@pytest.mark.parametrize("role", ["referrer", "screener", "form_designer"])
def test_others_cannot_open_the_page(walker: Walker, role: str) -> None:
    someone(walker, role)
    assert walker.get("/people").status_code == 403


def test_two_clicks_are_one_decision(walker: Walker, admin: Admin, newcomer: Person) -> None:
    someone(walker, "agency_lead", agency=OAKFIELD)
    assert decide(walker, newcomer, "approve") == 303
    assert decide(walker, newcomer, "approve") == 303
    assert admin.execute("select count(*) from audit_event where event = 'auth.membership_approved'").fetchone() == (1,)
    someone(walker, "agency_lead", agency=OAKFIELD)
    assert decide(walker, newcomer, "approve") == 409


def test_the_second_decision_is_told(walker: Walker, admin: Admin, newcomer: Person) -> None:
    someone(walker, "agency_lead", agency=OAKFIELD)
    assert decide(walker, newcomer, "refuse") == 303
    assert decide(walker, newcomer, "approve") == 409
    assert decide(walker, newcomer, "approve", version=2) == 409
    assert state(admin, newcomer) == "refused"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "1.0", "²"])
def test_a_version_that_is_none_changes_nothing(walker: Walker, admin: Admin, newcomer: Person, version: str) -> None:
    someone(walker, "agency_lead", agency=OAKFIELD)
    path = f"/people/{newcomer.actor.membership_id}/approve"
    assert walker.post(path, {"version": version}, page="/people").status_code == 409
    assert state(admin, newcomer) == "pending"


def test_of_two_approvals_at_once_one_wins(walker: Walker, newcomer: Person) -> None:
    leads = [people.make_person(walker.council, role="agency_lead", agency=OAKFIELD) for _ in range(2)]
    membership_id = newcomer.actor.membership_id
    assert membership_id is not None

    def approve(lead: Person) -> str:
        try:
            with db.unit_of_work(lead.scope):
                memberships.decide(lead.actor, membership_id, "approve", 1)
        except (Conflict, NotFound) as error:
            return type(error).__name__
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, leads)) == ["Conflict", "approved"]


def test_who_waits_sees_nothing_but_may_report(walker: Walker) -> None:
    someone(walker, "referrer", agency=OAKFIELD, state="pending")
    assert walker.get("/waiting").status_code == 200
    assert walker.get("/referrals").status_code == 403
    assert walker.get("/people").status_code == 403
    assert walker.get("/report").status_code in (200, 303)


def test_somebody_refused_may_ask_again(walker: Walker, admin: Admin) -> None:
    person = someone(walker, "referrer", agency=OAKFIELD, state="refused", email="a@oakfield.avonmere.sch.uk")
    agency = str(people.agency_id(OAKFIELD))
    answer = walker.post("/join", {"agency": agency, "job": "Teacher", "lead": "no"})
    assert walker.where(answer) == "/waiting"
    assert state(admin, person) == "pending"


def test_those_who_approve_are_told_without_names(walker: Walker, admin: Admin) -> None:
    manager = people.make_person(walker.council, role="practice_manager")
    other = people.make_person(walker.council, role="agency_lead", agency=MILL_LANE)
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    walker.register("s.jones@oakfield.avonmere.sch.uk")
    mail = walker.mail(lead.email)
    assert len(mail) == 1
    assert "Ffion" not in mail[0].body
    assert "/avonmere/people" in mail[0].body
    assert walker.mail(manager.email) == walker.mail(other.email) == []


def test_an_agency_without_a_lead_is_the_councils_to_approve(walker: Walker) -> None:
    manager = people.make_person(walker.council, role="practice_manager")
    walker.register("s.jones@oakfield.avonmere.sch.uk")
    assert len(walker.mail(manager.email)) == 1


def test_many_people_are_paged(walker: Walker, statements: list[str]) -> None:
    someone(walker, "council_admin")
    for number in range(52):
        people.make_person(walker.council, agency=OAKFIELD, name=f"Zebedee {number:02}")
    statements.clear()
    first = walker.get("/people")
    assert len(statements) <= 8
    assert "Zebedee 49" in first.text
    assert "Zebedee 50" not in first.text
    assert "Zebedee 51" in walker.get("/people?page=2").text
    for odd in ("?page=0", "?page=-5", "?page=x", "?page=99999999999999999999"):
        assert walker.get(f"/people{odd}").status_code == 200, odd


def test_an_agency_that_is_no_longer_approved_loses_access_at_once(walker: Walker, admin: Admin) -> None:
    person = people.make_person(walker.council, role="referrer")
    people.sign_in(walker.client, person)
    assert walker.get("/referrals").status_code == 200
    where = "where tenant_id = %s and agency_id = %s"
    values = (walker.council.id, person.actor.agency_id)
    admin.execute(f"update agency_approval set state = 'ended' {where}".encode(), values)
    try:
        assert walker.get("/referrals").status_code == 403
        assert walker.get("/report").status_code == 403
    finally:
        admin.execute(f"update agency_approval set state = 'approved' {where}".encode(), values)
    assert walker.get("/referrals").status_code == 200
