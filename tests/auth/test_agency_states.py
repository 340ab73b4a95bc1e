"""What a council decided about an agency or its kind, or has not confirmed yet, binds its people at once."""

from __future__ import annotations

import psycopg
import pytest

from portal.auth.queries.whoami import whoami
from portal.kernel import db
from portal.kernel.scope import Scope
from tests.auth.walking import PASSWORD, TYPED, Walker
from tests.factories import people
from tests.factories.people import Person

Admin = psycopg.Connection[tuple[object, ...]]
ADDRESS = "s.jones@oakfield.avonmere.sch.uk"


@pytest.fixture
def teacher(walker: Walker) -> Person:
    """Somebody of Oakfield, signed in."""
    person = people.make_person(walker.council, agency="oakfield-primary", email=ADDRESS)
    people.sign_in(walker.client, person)
    return person


def allow(admin: Admin, walker: Walker, may: str) -> None:
    """What schools may do in the council."""
    admin.execute(
        "insert into agency_kind_permission (tenant_id, id, kind, may) values (%s, gen_random_uuid(), 'school', %s)",
        (walker.council.id, may),
    )


def unconfirm(admin: Admin, domain: str) -> None:
    """As if nobody had confirmed the domain to any council."""
    query = "delete from domain_confirmation c using agency_domain d where d.id = c.domain_id and d.domain = %s"
    admin.execute(query, (domain,))


@pytest.mark.parametrize("state", ["suspended", "ended"])
def test_an_agency_that_is_not_approved_has_no_people(
    walker: Walker, admin: Admin, teacher: Person, state: str
) -> None:
    assert walker.get("/referrals").status_code == 200
    admin.execute("update agency_approval set state = %s where agency_id = %s", (state, teacher.actor.agency_id))
    assert walker.get("/referrals").status_code == walker.get("/report").status_code == 403
    assert walker.get("/account").status_code == 200
    # The wall behind the policy: the very session of that browser sees no row of the agency.
    settings = "select current_setting('app.agency_id', true), current_setting('app.reach', true)"
    ((id_hash,),) = admin.execute("select id_hash from account_session where account_id = %s", (teacher.account_id,))
    with db.unit_of_work(Scope(walker.council)) as session:
        whoami(str(id_hash))
        assert session.connection().exec_driver_sql(settings).one() == ("", "")


def test_a_kind_that_may_not_report_is_told_whom_to_ring(walker: Walker, admin: Admin, teacher: Person) -> None:
    allow(admin, walker, '["request_information"]')
    answer = walker.get("/report")
    assert answer.status_code == 403
    assert walker.council.settings.phones.hub.number in answer.text
    assert walker.get("/referrals").status_code == 200


def test_a_kind_that_may_not_ask_for_information_is_not_offered_it(
    walker: Walker, admin: Admin, teacher: Person
) -> None:
    offered = 'name="form_key" value="information"'
    assert offered in walker.get("/report").text
    begun = walker.post("/report", {"form_key": "information"})
    draft = walker.where(begun)
    assert begun.status_code == 303
    allow(admin, walker, '["report"]')
    assert offered not in walker.get("/report").text
    assert walker.post("/report", {"form_key": "information"}).status_code == 403
    assert walker.get(draft).status_code == 404
    assert walker.post("/report", {"form_key": "concern"}).status_code == 303


def test_another_councils_decision_binds_nobody_here(walker: Walker, admin: Admin, teacher: Person) -> None:
    admin.execute(
        "insert into agency_kind_permission (tenant_id, id, kind, may)"
        " select id, gen_random_uuid(), 'school', '[]' from council where id <> %s",
        (walker.council.id,),
    )
    assert walker.get("/report").status_code == 200


def test_nobody_registers_by_a_domain_that_nobody_confirmed(walker: Walker, admin: Admin) -> None:
    unconfirm(admin, "oakfield.avonmere.sch.uk")
    answer = walker.post("/register", TYPED | {"email": ADDRESS})
    assert answer.status_code == 422
    assert "We are checking this email address" in answer.text
    assert walker.council.settings.phones.hub.number in answer.text
    assert walker.mail(ADDRESS) == []


def test_a_domain_that_changes_meanwhile_stops_the_registration(walker: Walker, admin: Admin) -> None:
    walker.to_code(ADDRESS)
    walker.post("/register/code", {"code": walker.code(ADDRESS)})
    unconfirm(admin, "oakfield.avonmere.sch.uk")
    assert "We are checking" in walker.get("/register/agency").text
    answer = walker.post("/register/password", {"password": PASSWORD})
    assert answer.status_code == 422
    assert admin.execute("select count(*) from membership").fetchone() == (0,)


def test_joining_by_a_domain_that_nobody_confirmed_waits(walker: Walker, admin: Admin) -> None:
    people.sign_in(walker.client, people.make_person(walker.council, state="refused", email=ADDRESS))
    assert walker.get("/join").status_code == 200
    unconfirm(admin, "oakfield.avonmere.sch.uk")
    assert "We are checking" in walker.get("/join").text
    assert walker.post("/join", {"job": "Teacher", "lead": "no"}, page="/account").status_code == 422


def test_who_is_in_already_stays_in(walker: Walker, admin: Admin, teacher: Person) -> None:
    unconfirm(admin, "oakfield.avonmere.sch.uk")
    assert walker.get("/referrals").status_code == 200
