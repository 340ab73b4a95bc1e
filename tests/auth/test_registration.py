"""Registering: one agency, a shared domain, none; nothing tells who has an account."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest

from portal.auth.commands import memberships
from portal.kernel import db
from portal.kernel.errors import Invalid
from portal.kernel.scope import Actor, Scope
from tests.auth.corpus_addresses import BAD, MORE_BAD
from tests.auth.walking import CHANGING, PASSWORD, TYPED, Walker, agencies, make_account
from tests.factories import people

ONE = "s.jones@oakfield.avonmere.sch.uk"
SHARED = "s.jones@nhs.net"
NASTY = sorted({one.replace("worcs", "avonmere") for one in (*BAD, *MORE_BAD)})
Admin = psycopg.Connection[tuple[object, ...]]


def test_an_address_of_one_agency_proposes_it_and_ends_waiting(walker: Walker, admin: Admin) -> None:
    walker.to_code(ONE)
    assert "Oakfield Primary School" in walker.get("/register/agency").get_data(as_text=True)
    assert walker.where(walker.post("/register/code", {"code": walker.code(ONE)})) == "/register/password"
    assert walker.where(walker.post("/register/password", {"password": PASSWORD})) == "/account/protect"
    assert "see only its receipt" in walker.get("/waiting").get_data(as_text=True)
    row = admin.execute(
        "select a.email, a.name, m.role, m.state, m.job_title, g.key from account a"
        " join membership m on m.account_id = a.id join agency g on g.id = m.agency_id"
    ).fetchall()
    assert row == [(ONE, "Ffion Llwyd", "referrer", "pending", "Deputy head", "oakfield-primary")]
    assert admin.execute("select count(*) from one_time_code").fetchone() == (0,)


def test_a_shared_domain_asks_which_agency(walker: Walker, admin: Admin) -> None:
    walker.post("/register", TYPED | {"email": SHARED, "lead": "yes"})
    page = walker.get("/register/agency")
    assert len(agencies(page)) > 2
    assert {"Mill Lane Surgery", "Harbour Medical Practice"} <= set(
        re.findall(r"Mill Lane Surgery|Harbour Medical Practice", page.text)
    )
    assert walker.post("/register/agency").status_code == 422
    mill = str(people.agency_id("mill-lane-surgery"))
    assert walker.where(walker.post("/register/agency", {"agency": mill})) == "/register/code"
    walker.post("/register/code", {"code": walker.code(SHARED)})
    walker.post("/register/password", {"password": PASSWORD})
    found = admin.execute("select g.key, m.role from membership m join agency g on g.id = m.agency_id")
    assert found.fetchall() == [("mill-lane-surgery", "agency_lead")]


def test_an_agency_of_another_domain_cannot_be_chosen(walker: Walker) -> None:
    walker.post("/register", TYPED | {"email": SHARED})
    other = str(people.agency_id("oakfield-primary"))
    assert walker.post("/register/agency", {"agency": other}).status_code == 422


def test_none_of_these_says_what_to_do(walker: Walker) -> None:
    walker.post("/register", TYPED | {"email": ONE})
    assert walker.where(walker.post("/register/agency", {"agency": "none"})) == "/register/no-agency"
    assert "professionals.portal@avonmere.gov.uk" in walker.get("/register/no-agency").text


@pytest.mark.parametrize("email", ["jo@gmail.com", "jo@unknown.example.org", "jo@nhs.uk", "jo@avonmere.sch.uk"])
def test_an_address_of_no_agency_says_what_to_do(walker: Walker, email: str) -> None:
    answer = walker.post("/register", TYPED | {"email": email})
    assert answer.status_code == 422
    assert "01632 960210" in answer.text
    assert "ask the council to approve it" in answer.text


def test_every_nasty_address_is_refused(walker: Walker, admin: Admin) -> None:
    token = walker.token("/register")
    for number, email in enumerate(NASTY):
        walker.network = f"2001:db8:{number:x}::1"
        answer = walker.send("/register", TYPED | {"email": email, "csrf_token": token})
        assert answer.status_code == 422, email
    assert admin.execute("select count(*) from one_time_code").fetchone() == (0,)
    refused = admin.execute("select count(*) from audit_event where event = 'auth.address_refused'").fetchone()
    assert refused is not None
    assert int(str(refused[0])) > 60


def test_every_nasty_address_is_refused_when_joining(walker: Walker) -> None:
    person = people.make_person(walker.council)
    agency = str(person.actor.agency_id)
    for email in NASTY:
        actor = Actor(person.account_id, email=email)
        with db.unit_of_work(Scope(walker.council, actor)), pytest.raises(Invalid):
            memberships.ask(actor, agency, "Teacher", lead=False)


def test_what_was_typed_is_kept_beside_the_error(walker: Walker) -> None:
    answer = walker.post("/register", {"name": "Siân <b>Ŵyn</b>", "email": "not an address"})
    assert answer.status_code == 422
    assert "Siân &lt;b&gt;Ŵyn&lt;/b&gt;" in answer.text
    assert "Enter your job title" in answer.text
    assert "Error:" in answer.text.split("</title>")[0]


def test_known_and_unknown_addresses_see_the_same_pages(
    new_walker: Callable[[], Walker], statements: list[str]
) -> None:
    make_account("known@oakfield.avonmere.sch.uk")
    seen = []
    for email in ("known@oakfield.avonmere.sch.uk", "other@oakfield.avonmere.sch.uk"):
        walker = new_walker()
        statements.clear()
        walker.to_code(email)
        pages = [walker.get("/register/code"), walker.post("/register/code", {"code": "000000"})]
        texts = [CHANGING.sub("", page.text).replace(email, "") for page in pages]
        seen.append(([page.status_code for page in pages], texts, len(statements)))
        mail = walker.mail(email)
        assert len(mail) == 1
    assert seen[0] == seen[1]


def test_a_known_address_is_told_by_email_and_cannot_be_registered(walker: Walker, admin: Admin) -> None:
    make_account(ONE)
    walker.to_code(ONE.replace("s.jones", "S.Jones"))
    mail = walker.mail(ONE)
    assert "already have an account" in mail[0].subject
    assert re.search(r"\b[0-9]{6}\b", mail[0].body) is None
    assert admin.execute("select count(*) from account").fetchone() == (1,)


def test_two_browsers_with_one_address_make_one_account(new_walker: Callable[[], Walker], admin: Admin) -> None:
    first, second = new_walker(), new_walker()
    for walker in (first, second):
        walker.to_code(ONE)
        walker.post("/register/code", {"code": walker.code(ONE)})
    assert first.where(first.post("/register/password", {"password": PASSWORD})) == "/account/protect"
    assert second.where(second.post("/register/password", {"password": PASSWORD})) == "/sign-in"
    assert admin.execute("select count(*) from account").fetchone() == (1,)


def test_a_weak_password_is_refused_and_the_next_one_taken(walker: Walker) -> None:
    walker.to_code(ONE)
    walker.post("/register/code", {"code": walker.code(ONE)})
    for weak in ("short", "aaaaaaaaaaaaaaaaaaaa", "avonmere and the river", "x" * 129, "oakfield-tiger-lamp"):
        assert walker.post("/register/password", {"password": weak}).status_code == 422, weak
    assert walker.where(walker.post("/register/password", {"password": PASSWORD})) == "/account/protect"


def test_registering_in_welsh_sends_a_welsh_email(new_walker: Callable[[str], Walker], admin: Admin) -> None:
    walker = new_walker("wales")
    walker.to_code("s.jones@enghraifft.glanyrafon.sch.uk")
    assert admin.execute("select language from one_time_code").fetchone() == ("cy",)
    assert 'lang="cy"' in walker.get("/register").text


def test_somebody_with_an_account_elsewhere_joins(new_walker: Callable[[str], Walker], admin: Admin) -> None:
    make_account("jo@severnvale.police.uk")
    walker = new_walker("wales")
    assert walker.where(walker.sign_in("jo@severnvale.police.uk")) == "/join"
    page = walker.get("/join")
    assert walker.post("/join", {"job": "Constable"}).status_code == 422
    answer = walker.post("/join", {"job": "Constable", "lead": "no", "agency": agencies(page)[0]})
    assert walker.where(answer) == "/waiting"
    assert admin.execute("select state, job_title from membership").fetchall() == [("pending", "Constable")]


def test_joining_with_an_address_of_no_agency(walker: Walker) -> None:
    make_account("jo@elsewhere.example.org")
    walker.sign_in("jo@elsewhere.example.org")
    assert "ask the council to approve it" in walker.get("/join").text
