"""A council's administrators see, add, change, approve, suspend, end and take back agencies, each with a reason."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.auth.walking import Walker
from tests.factories import people

Admin = psycopg.Connection[tuple[object, ...]]
NEW = {"name_en": "Heron Primary", "kind": "school", "scheme": "urn", "identifier": "999 777", "phone": "01632 960777"}


def agency(key: str = "oakfield-primary") -> UUID:
    return people.agency_id(key)


def state(admin: Admin, agency_id: UUID, council: UUID) -> object:
    query = "select state from agency_approval where agency_id = %s and tenant_id = %s"
    row = admin.execute(query, (agency_id, council)).fetchone()
    return row[0] if row else None


def events(admin: Admin) -> list[tuple[object, ...]]:
    query = "select event, subject_id, detail from audit_event where event like 'tenants.%' order by at"
    return admin.execute(query).fetchall()


def decide(walker: Walker, agency_id: UUID, decision: str, why: str = "They asked", **more: str) -> int:
    """Fill in the form of a decision as its page shows it, unless `more` says otherwise."""
    path = f"/agencies/{agency_id}/decide/{decision}"
    return walker.post(path, shown(walker, path) | {"why": why} | more).status_code


def shown(walker: Walker, path: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    text = walker.get(path).text
    found = {}
    for name in ("version", "once"):
        mark = f'name="{name}" value="'
        assert mark in text, path
        found[name] = text.split(mark)[1].split('"')[0]
    return found


def test_the_list_is_narrowed_by_state_kind_and_words(administrator: Walker) -> None:
    everything = administrator.get("/agencies").text
    assert "Oakfield Primary School" in everything
    assert "Ysgol" not in everything
    schools = administrator.get("/agencies?kind=school").text
    assert "Oakfield Primary School" in schools
    assert "Mill Lane Surgery" not in schools
    assert "Mill Lane Surgery" in administrator.get("/agencies?text=mill").text
    assert "Mill Lane Surgery" in administrator.get("/agencies?text=z99101").text
    assert "Riverside Academy" in administrator.get("/agencies?text=riverside.avonmere").text
    assert "There are no agencies here" in administrator.get("/agencies?state=ended").text
    for odd in ("state=x", "kind=%00", "text=%25%25", "page=0", "page=99999999999", "text=" + "x" * 5000):
        assert administrator.get(f"/agencies?{odd}").status_code == 200, odd


def test_the_list_asks_little_of_the_database(administrator: Walker, statements: list[str]) -> None:
    administrator.get("/agencies")
    statements.clear()
    assert administrator.get("/agencies").status_code == 200
    assert len(statements) <= 6


def test_one_agency_shows_what_it_is(administrator: Walker) -> None:
    text = administrator.get(f"/agencies/{agency('riverside-academy')}").text
    for words in ("999102", "899/4001", "10999102", "01632 960302", "Upper school", "riverside.avonmere.sch.uk"):
        assert words in text, words
    assert "rung on the number in the schools register" in text
    shared = administrator.get(f"/agencies/{agency('mill-lane-surgery')}").text
    assert "Harbour Medical Practice" in shared


def test_another_councils_agency_is_as_missing(administrator: Walker) -> None:
    for path in ("", "/change", "/decide/approve", "/domains/new"):
        there = administrator.get(f"/agencies/{agency('ysgol-enghraifft')}{path}")
        missing = administrator.get(f"/agencies/{uuid4()}{path}")
        assert there.status_code == missing.status_code == 404, path


@pytest.mark.parametrize("role", ["practice_manager", "screener", "form_designer"])
def test_others_at_the_council_cannot_open_it(at_the_council: Callable[..., Walker], role: str) -> None:
    walker = at_the_council(role=role)
    assert walker.get("/agencies").status_code == 403
    assert walker.get(f"/agencies/{agency()}").status_code == 403


def test_an_agency_is_added_once_and_approved(administrator: Walker, admin: Admin) -> None:
    fields = NEW | shown(administrator, "/agencies/new")
    for _ in range(2):
        answer = administrator.post("/agencies/new", fields)
        assert answer.status_code == 303
    rows = admin.execute(
        "select id, name, identifier_scheme, identifier, phone, managed_by from agency where key like 'a-%'"
    ).fetchall()
    assert len(rows) == 1
    agency_id, *said = rows[0]
    assert said == [{"en": "Heron Primary"}, "urn", "999777", "01632 960777", administrator.council.id]
    assert isinstance(agency_id, UUID)
    assert state(admin, agency_id, administrator.council.id) == "approved"
    assert events(admin) == [("tenants.agency_added", agency_id, {"kind": "school"})]
    assert "Added and approved" in administrator.get(f"/agencies/{agency_id}").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name_en": ""}, "Enter the name in English"),
        ({"name_en": "x" * 201}, "200 characters or fewer"),
        ({"kind": ""}, "Select the kind of agency"),
        ({"kind": "circus"}, "Select the kind of agency"),
        ({"identifier": "99977"}, "This is not a number of that register"),
        ({"scheme": "ods"}, "This kind of agency is on other registers"),
        ({"scheme": ""}, "Select the register that the number is from"),
        ({"phone": "ring us"}, "Enter a telephone number"),
        ({"name_en": "He\x00ron"}, "control characters"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    administrator: Walker, admin: Admin, change: dict[str, str], words: str
) -> None:
    answer = administrator.post("/agencies/new", NEW | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="01632 960777"' in answer.text or "phone" in change
    assert admin.execute("select count(*) from agency where key like 'a-%'").fetchone() == (0,)


def test_a_council_with_two_languages_asks_for_two_names(at_the_council: Callable[..., Walker], admin: Admin) -> None:
    walker = at_the_council("wales")
    fields = {"name_en": "Heron", "kind": "school_wales", "scheme": "welsh_school", "identifier": "6609777"}
    assert "Rhowch yr enw yn Gymraeg" in walker.post("/agencies/new", fields).text
    assert walker.post("/agencies/new", fields | {"name_cy": "Crëyr"}).status_code == 303
    assert admin.execute("select name from agency where key like 'a-%'").fetchone() == ({"en": "Heron", "cy": "Crëyr"},)


def test_a_number_that_is_known_offers_the_agency_that_has_it(
    at_the_council: Callable[..., Walker], admin: Admin
) -> None:
    """Y Felin is the other council's: it is approved here without being made twice, and stays theirs to change."""
    walker = at_the_council()
    fields = {"name_en": "Mill youth club", "kind": "voluntary", "scheme": "charity", "identifier": "9990102"}
    fields |= shown(walker, "/agencies/new")
    answer = walker.post("/agencies/new", fields)
    assert answer.status_code == 422
    assert "Y Felin Youth Club" in answer.text
    felin = agency("clwb-ieuenctid-y-felin")
    assert walker.post("/agencies/new", fields | {"known": "yes"}).status_code == 303
    assert state(admin, felin, walker.council.id) == "approved"
    assert admin.execute("select count(*) from agency where identifier = '9990102'").fetchone() == (1,)
    assert "To confirm" in walker.get(f"/agencies/{felin}").text
    assert walker.get(f"/agencies/{felin}/change").status_code == 403
    assert walker.get(f"/agencies/{felin}/domains/new").status_code == 403


def test_what_is_said_of_an_agency_is_changed_by_who_keeps_it(administrator: Walker, admin: Admin) -> None:
    path = f"/agencies/{agency()}/change"
    page = administrator.get(path).text
    assert 'value="Oakfield Primary School"' in page
    fields = {
        "name_en": "Oakfield School", "kind": "school", "scheme": "urn", "identifier": "999101", "phone": "",
    } | shown(administrator, path)  # fmt: skip
    for _ in range(2):
        assert administrator.post(path, fields).status_code == 303
    assert admin.execute("select name ->> 'en', version from agency where id = %s", (agency(),)).fetchone() == (
        "Oakfield School", 2,
    )  # fmt: skip
    # Somebody else's page is older now.
    assert administrator.post(path, fields | {"name_en": "Oak"}).status_code == 409
    taken = administrator.post(path, fields | {"version": "2", "identifier": "999102"})
    assert taken.status_code == 422
    assert "Another agency has this number already" in taken.text
    assert administrator.get(f"/agencies/{agency('severn-vale-police')}/change").status_code == 403


def test_suspending_ends_access_and_taking_back_gives_it_again(
    administrator: Walker, at_the_council: Callable[..., Walker], admin: Admin
) -> None:
    teacher = at_the_council(role="screener")
    people.sign_in(teacher.client, people.make_person(teacher.council, agency="oakfield-primary"))
    here = administrator.council.id
    assert teacher.get("/referrals").status_code == 200
    assert decide(administrator, agency(), "suspend", "A complaint") == 303
    assert state(admin, agency(), here) == "suspended"
    assert teacher.get("/referrals").status_code == 403
    assert "A complaint" in administrator.get(f"/agencies/{agency()}").text
    assert decide(administrator, agency(), "take-back") == 303
    assert teacher.get("/referrals").status_code == 200
    assert decide(administrator, agency(), "end") == 303
    assert teacher.get("/referrals").status_code == 403
    assert [detail for _event, _subject, detail in events(admin)] == [
        {"was": "approved", "now": "suspended"},
        {"was": "suspended", "now": "approved"},
        {"was": "approved", "now": "ended"},
    ]
    assert "complaint" not in str(events(admin))


def test_each_council_decides_for_itself(
    administrator: Walker, at_the_council: Callable[..., Walker], admin: Admin
) -> None:
    police = agency("severn-vale-police")
    assert decide(administrator, police, "suspend") == 303
    wales = at_the_council("wales")
    assert state(admin, police, wales.council.id) == "approved"
    assert "Suspended" not in wales.get(f"/agencies/{police}").text


def test_a_decision_needs_a_reason_and_the_state_that_was_seen(administrator: Walker, admin: Admin) -> None:
    here = administrator.council.id
    assert decide(administrator, agency(), "suspend", why="  ") == 422
    assert decide(administrator, agency(), "suspend", version="7") == 409
    assert decide(administrator, agency(), "take-back") == 409
    assert decide(administrator, agency(), "approve") == 409
    assert administrator.get(f"/agencies/{agency()}/decide/burn").status_code == 404
    assert state(admin, agency(), here) == "approved"
    assert events(admin) == []


def test_two_clicks_are_one_decision(administrator: Walker, admin: Admin) -> None:
    path = f"/agencies/{agency()}/decide/suspend"
    fields = shown(administrator, path) | {"why": "Twice"}
    for _ in range(2):
        assert administrator.post(path, fields).status_code == 303
    assert len(events(admin)) == 1


def test_sites_come_and_go(administrator: Walker, admin: Admin) -> None:
    path = f"/agencies/{agency()}/sites/new"
    fields = shown(administrator, path) | {"name": "Infants", "postcode": "zz99 9zz", "address": "1 Oak Lane"}
    assert administrator.post(path, fields | {"postcode": "nowhere"}).status_code == 422
    for _ in range(2):
        assert administrator.post(path, fields).status_code == 303
    rows = admin.execute("select id, name, postcode from agency_site where agency_id = %s", (agency(),)).fetchall()
    assert [row[1:] for row in rows] == [({"en": "Infants"}, "ZZ99 9ZZ")]
    remove = f"/agencies/{agency()}/sites/{rows[0][0]}/remove"
    page = f"/agencies/{agency()}"
    assert administrator.post(remove, {"version": "1"}, page=page).status_code == 409
    for _ in range(2):
        assert administrator.post(remove, {"version": "2"}, page=page).status_code == 303
    assert admin.execute("select count(*) from agency_site where agency_id = %s", (agency(),)).fetchone() == (0,)


def test_what_a_kind_may_do_is_said_and_counts_at_once(
    administrator: Walker, at_the_council: Callable[..., Walker], admin: Admin
) -> None:
    teacher = at_the_council(role="screener")
    people.sign_in(teacher.client, people.make_person(teacher.council, agency="oakfield-primary"))
    assert teacher.get("/report").status_code == 200
    path = "/agencies/kinds/school"
    before = shown(administrator, path)
    assert administrator.post(path, before | {"may": ["request_information"]}).status_code == 422
    assert administrator.post(path, before | {"may": ["answer_enquiries", "rule"]}).status_code == 422
    for _ in range(2):
        assert administrator.post(path, before | {"may": ["answer_enquiries"]}).status_code == 303
    assert teacher.get("/report").status_code == 403
    assert admin.execute("select kind, may from agency_kind_permission").fetchall() == [
        ("school", ["answer_enquiries"])
    ]
    assert administrator.post(path, before | {"may": ["report"]}).status_code == 409
    assert events(admin) == [("tenants.kind_decided", None, {"kind": "school", "may": "answer_enquiries"})]
    assert administrator.get("/agencies/kinds/circus").status_code == 404
    assert "Answer enquiries" in administrator.get("/agencies/kinds").text
