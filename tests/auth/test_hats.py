"""One person in several agencies of a council: which hat, one more, one less; another name, another address."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from portal.kernel.scope import Scope
from tests.auth.corpus_addresses import BAD, MORE_BAD
from tests.auth.walking import PASSWORD, Walker, make_account
from tests.factories import people
from tests.factories.people import Person
from tests.factories.referrals import make_referral

Admin = psycopg.Connection[tuple[object, ...]]
OAKFIELD, MILL_LANE, HARBOUR = "oakfield-primary", "mill-lane-surgery", "harbour-medical-practice"
NURSE = "s.jones@nhs.net"
NASTY = sorted({one.replace("worcs", "avonmere") for one in (*BAD, *MORE_BAD)})


@pytest.fixture
def nurse(walker: Walker) -> tuple[Person, Person]:
    """Somebody of two practices, signed in."""
    one = people.make_person(walker.council, agency=MILL_LANE, email=NURSE)
    two = people.make_person(walker.council, agency=HARBOUR, account_id=one.account_id, email=NURSE)
    people.sign_in(walker.client, one)
    return one, two


def wear(walker: Walker, person: Person) -> None:
    answer = walker.post("/account/hat", {"hat": str(person.actor.membership_id)})
    assert answer.status_code == 303, answer.text


def test_the_hat_says_which_reports_one_sees(walker: Walker, nurse: tuple[Person, Person]) -> None:
    reports = [make_referral(walker.council, person).reference for person in nurse]
    for person, mine, other in zip(nurse, reports, reversed(reports), strict=True):
        wear(walker, person)
        page = walker.get("/referrals").text
        assert mine in page
        assert other not in page
        assert walker.get(f"/referrals/{other}").status_code == 404


def test_a_hat_that_is_not_ones_own_cannot_be_chosen(walker: Walker, nurse: tuple[Person, Person]) -> None:
    other = people.make_person(walker.council, agency=OAKFIELD)
    for value in (str(other.actor.membership_id), "", "x"):
        assert walker.post("/account/hat", {"hat": value}).status_code == 422
    wear(walker, nurse[0])
    assert walker.get("/referrals").status_code == 200


def test_signing_in_asks_for_the_hat(new_walker: Callable[[], Walker]) -> None:
    account = make_account(NURSE)
    walker = new_walker()
    for agency in (MILL_LANE, HARBOUR):
        people.make_person(walker.council, agency=agency, account_id=account)
    assert walker.where(walker.sign_in(NURSE)) == "/account/hat"
    page = walker.get("/account/hat").text
    assert "Mill Lane Surgery" in page
    assert "Harbour Medical Practice" in page


def test_a_hat_that_ended_is_taken_off(walker: Walker, nurse: tuple[Person, Person], admin: Admin) -> None:
    wear(walker, nurse[1])
    where = (nurse[1].actor.membership_id,)
    admin.execute("update membership set state = 'ended' where id = %s", where)
    assert walker.get("/referrals").status_code == 200
    assert "Mill Lane Surgery" in walker.get("/account").text


def test_joining_one_more_agency_and_leaving_the_old_one(walker: Walker, admin: Admin) -> None:
    person = people.make_person(walker.council, agency=MILL_LANE, email=NURSE)
    make_referral(walker.council, person)
    people.sign_in(walker.client, person)
    page = walker.get("/account/another-agency").text
    assert "Harbour Medical Practice" in page
    assert "Mill Lane Surgery" not in page
    harbour = str(people.agency_id(HARBOUR))
    refused = {"agency": str(people.agency_id(OAKFIELD)), "job": "Nurse", "lead": "no"}
    assert walker.post("/account/another-agency", refused).status_code == 422
    assert walker.where(walker.post("/account/another-agency", refused | {"agency": harbour})) == "/account"
    query = "select g.key, m.state from membership m join agency g on g.id = m.agency_id order by g.key"
    assert admin.execute(query).fetchall() == [(HARBOUR, "pending"), (MILL_LANE, "active")]
    assert walker.get("/referrals").status_code == 200
    heir = people.make_person(walker.council, agency=MILL_LANE)
    assert walker.post("/account/leave").status_code == 422
    assert walker.where(walker.post("/account/leave", {"heir": str(heir.actor.membership_id)})) == "/sign-in"
    assert admin.execute("select author_id from referral").fetchone() == (heir.account_id,)
    assert walker.get("/account").headers["Location"].endswith("/sign-in")
    people.sign_in(walker.client, person)
    assert walker.get("/waiting").status_code == 200


def test_a_new_name_is_told_to_the_lead(walker: Walker, admin: Admin) -> None:
    lead = people.make_person(walker.council, role="agency_lead", agency=OAKFIELD)
    person = people.make_person(walker.council, agency=OAKFIELD)
    people.sign_in(walker.client, person)
    assert walker.post("/account/name", {"name": "Siân Newname"}).status_code == 422
    assert walker.where(walker.post("/account/name", {"name": "Siân Newname", "reason": "changed"})) == "/account"
    assert "Siân Newname" in walker.get("/account").text
    mail = walker.mail(lead.email)[0]
    assert "changed their name" in mail.subject
    assert "Newname" not in mail.body
    events = admin.execute("select detail from audit_event where event = 'auth.name_changed'").fetchall()
    assert events == [({"reason": "changed"},)]


OLD, NEW = "s.jones@oakfield.avonmere.sch.uk", "sian.evans@oakfield.avonmere.sch.uk"


@pytest.fixture
def teacher(walker: Walker) -> Person:
    """A teacher with a password, signed in."""
    account = make_account(OLD)
    person = people.make_person(walker.council, agency=OAKFIELD, account_id=account, email=OLD)
    people.sign_in(walker.client, person)
    return person


def test_a_new_address_is_proved_and_both_are_told(
    walker: Walker, new_walker: Callable[[], Walker], teacher: Person, admin: Admin
) -> None:
    elsewhere = new_walker()
    people.sign_in(elsewhere.client, teacher)
    assert walker.where(walker.post("/account/email", {"email": NEW, "password": PASSWORD})) == "/account/email/code"
    assert "asked for" in walker.mail(OLD)[0].subject
    assert walker.post("/account/email/code", {"code": "000000"}).status_code == 422
    assert admin.execute("select email from account").fetchone() == (OLD,)
    assert walker.where(walker.post("/account/email/code", {"code": walker.code(NEW)})) == "/account"
    assert admin.execute("select email, email_key from account").fetchone() == (NEW, NEW)
    assert "has been changed" in walker.mail(NEW)[0].subject
    assert walker.get("/account").status_code == 200
    assert elsewhere.get("/account").headers["Location"].endswith("/sign-in")


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        (NEW, "wrong horse battery staple", "not your password"),
        ("jo@nhs.net", PASSWORD, "does not belong to your agency"),
        ("jo@gmail.com", PASSWORD, "anyone can get an address"),
        (OLD, PASSWORD, "already"),
    ],
)
def test_a_new_address_must_fit_the_agency(
    walker: Walker, teacher: Person, admin: Admin, email: str, password: str, says: str
) -> None:
    del teacher
    answer = walker.post("/account/email", {"email": email, "password": password})
    assert answer.status_code == 422
    assert says in answer.text
    assert admin.execute("select count(*) from one_time_code").fetchone() == (0,)


def test_every_nasty_address_is_refused(walker: Walker, teacher: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    del teacher
    monkeypatch.setattr("portal.web.limits.limiter.enabled", False)
    token = walker.token("/account/email")
    for email in NASTY:
        answer = walker.send("/account/email", {"email": email, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 422, email


def test_an_address_that_somebody_has_is_told_to_them_only(walker: Walker, teacher: Person, admin: Admin) -> None:
    del teacher
    make_account(NEW)
    assert walker.where(walker.post("/account/email", {"email": NEW, "password": PASSWORD})) == "/account/email/code"
    assert "already have an account" in walker.mail(NEW)[0].subject
    assert walker.post("/account/email/code", {"code": "000000"}).status_code == 422
    assert admin.execute("select count(*) from account where email = %s", (OLD,)).fetchone() == (1,)


def test_a_hospital_nurse_reports_to_two_councils(new_walker: Callable[[str], Walker]) -> None:
    account = make_account(NURSE)
    for council in ("england", "wales"):
        walker = new_walker(council)
        person = people.make_person(walker.council, agency="example-infirmary", account_id=account, email=NURSE)
        made = make_referral(walker.council, person)
        people.sign_in(walker.client, person)
        assert made.reference in walker.get("/referrals").text
        assert Scope(walker.council, person.actor).council == walker.council
