"""The pages against bad input: two tabs, other people, other councils, endless fields, a dead database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from portal.referrals.commands import sending
from tests.factories.people import agency_keys, make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import make_draft, send_draft


@pytest.fixture
def person(client: FlaskClient, councils: Councils) -> Person:
    """A teacher of Avonmere, signed in."""
    teacher = make_person(councils.england, name="Conor O'Brien")
    sign_in(client, teacher)
    found = Person(client, "avonmere")
    found.answers["person"] = teacher
    return found


def draft_of(person: Person, **given: Any) -> str:
    return f"/report/{make_draft(person.answers['person'], **given)}"


def test_two_tabs_lose_nothing(person: Person) -> None:
    section = f"{draft_of(person, with_sections=False)}/section/other"
    data = filled(main_form(soup(person.get(section))))
    assert person.send(section, {**data, "oth_anything": ["From the first tab"]}).status_code == 303
    conflict = person.send(section, {**data, "oth_anything": ["From the second tab"]})
    assert conflict.status_code == 409
    page = soup(conflict)
    texts = [cell.get_text(strip=True) for cell in page.select("main table td")]
    assert texts == ["From the second tab", "From the first tab"]
    assert "From the first tab" in person.get(section).get_data(as_text=True)
    again = filled(main_form(page))
    assert again["oth_anything"] == ["From the second tab"]
    assert person.send(section, {**again, "oth_anything": ["Both"]}).status_code == 303
    assert "Both" in person.get(section).get_data(as_text=True)


def test_two_tabs_of_a_triage_page(person: Person) -> None:
    draft = draft_of(person, b_danger_now="no")
    page = f"{draft}/questions/danger"
    data = filled(main_form(soup(person.get(page))))
    person.send(page, {**data, "b_danger_now": ["yes"]})
    assert person.send(page, {**data, "b_danger_now": ["no"]}).status_code == 409


def test_saving_the_same_twice_is_no_conflict(person: Person) -> None:
    section = f"{draft_of(person, with_sections=False)}/section/other"
    data = {**filled(main_form(soup(person.get(section)))), "oth_anything": ["Once"]}
    assert [person.send(section, data).status_code for _ in range(2)] == [303, 303]


def test_saving_for_later_keeps_an_unfinished_section(person: Person) -> None:
    draft = draft_of(person, with_sections=False)
    section = f"{draft}/section/referrer"
    refused = person.post(section, ref_alt_contact="Mrs Ŵy")
    assert refused.status_code == 422
    assert "Mrs Ŵy" in refused.get_data(as_text=True)
    assert soup(refused).title.text.startswith("Error: ")  # type: ignore[union-attr]
    data = filled(main_form(soup(person.get(section))))
    data |= {"ref_alt_contact": ["Mrs Ŵy"], "action": ["later"]}
    assert person.send(section, data).status_code == 303
    assert "Mrs Ŵy" in person.get(section).get_data(as_text=True)
    assert "Incomplete" in person.get(draft).get_data(as_text=True)


def test_an_answer_that_opens_a_question_shows_it_before_going_on(person: Person) -> None:
    draft = draft_of(person, with_sections=False)
    section = f"{draft}/section/urgency"
    page = soup(person.get(section))
    assert page.select_one("[name=cfc_worker_risk_detail]") is None
    answers = {"cfc_danger": "no", "cfc_child_now__known": "not_known", "cfc_worker_risk": "yes"}
    first = person.post(section, **answers)
    assert first.headers["Location"] == person.at(section)
    page = soup(person.get(section))
    assert page.select_one("[name=cfc_worker_risk_detail]") is not None
    refused = person.post(section)
    assert refused.status_code == 422
    assert person.post(section, cfc_worker_risk_detail="A dog").headers["Location"] == person.at(draft)
    person.post(section, cfc_worker_risk="no")
    assert "A dog" not in person.get(f"{draft}/check").get_data(as_text=True)


def test_children_are_added_changed_and_removed(person: Person) -> None:
    draft = draft_of(person, with_sections=False)
    several = f"{draft}/several/children"
    assert person.get(several, 303).headers["Location"].endswith("/several/children/0")
    person.complete(f"{several}/0", child_unborn="no", **known("child_first_name", "Siân"))
    person.complete(f"{several}/1", child_unborn="no", **known("child_first_name", "李"))
    page = person.get(several).get_data(as_text=True)
    assert "Child 1: Siân" in page
    assert "Child 2: 李" in page
    assert "Siân" in person.get(f"{several}/0/remove").get_data(as_text=True)
    assert person.post(f"{several}/0/remove").status_code == 303
    page = person.get(several).get_data(as_text=True)
    assert "Child 1: 李" in page
    assert "Siân" not in page
    person.get(f"{several}/7", 404)
    person.get(f"{several}/7/remove", 404)


def known(key: str, value: str) -> dict[str, str]:
    """The inputs of a question that may be "not known"."""
    return {key: value, f"{key}-known": "yes"}


def test_sending_twice_gives_the_same_receipt(person: Person) -> None:
    check = f"{draft_of(person)}/check"
    data = filled(main_form(soup(person.get(check)), "/check"))
    places = {person.send(check, data).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert places.pop().endswith("/receipt")
    assert person.get(check, 303).headers["Location"].endswith("/receipt")


def test_sending_with_gaps_names_the_sections(person: Person) -> None:
    check = f"{draft_of(person, with_sections=False)}/check"
    refused = person.send(check, filled(main_form(soup(person.get(check)), "/check")))
    assert refused.status_code == 422
    links = [str(link["href"]) for link in soup(refused).select(".govuk-error-summary a")]
    assert any(link.endswith("/section/consent") for link in links)
    for link in links:
        assert person.client.get(link).status_code in (200, 303)


def test_a_change_in_another_tab_is_shown_before_sending(person: Person) -> None:
    draft = draft_of(person)
    data = filled(main_form(soup(person.get(f"{draft}/check")), "/check"))
    person.post(f"{draft}/section/other", oth_anything="Something new")
    again = person.send(f"{draft}/check", data)
    assert again.status_code == 409
    assert "Something new" in again.get_data(as_text=True)
    data = filled(main_form(soup(again), "/check"))
    assert person.send(f"{draft}/check", data).status_code == 303


def test_when_the_database_fails_the_page_says_not_sent(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def dead(*_arguments: object) -> str:
        raise OperationalError("insert", {}, Exception("gone"))

    data = filled(main_form(soup(person.get("/report/urgent"))))
    data |= {
        "ref_phone": ["01632 960300"],
        "child_name-known": ["not_known"],
        "cfc_child_now-known": ["not_known"],
        "sos_what_happened": ["What I saw"],
        "ref_phoned": ["no"],
    }
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_write", dead)
        failed = person.send("/report/urgent", data)
    assert failed.status_code == 503
    page = failed.get_data(as_text=True)
    assert "Not sent" in page
    assert "01632 960210" in page
    again = filled(main_form(soup(failed)))
    assert again["submit_key"] == data["submit_key"]
    assert again["sos_what_happened"] == ["What I saw"]
    assert person.send("/report/urgent", again).status_code == 303


def test_the_urgent_form_asks_five_things_and_says_to_phone(person: Person) -> None:
    page = soup(person.get("/report/urgent"))
    names = {str(tag["name"]).removesuffix("-known") for tag in page.select("main [name]:not([type=hidden])")}
    assert names == {"ref_phone", "child_name", "cfc_child_now", "sos_what_happened", "ref_phoned"}
    refused = person.post("/report/urgent", sos_what_happened="x" * 8001)
    assert refused.status_code == 422
    assert "x" * 8001 in refused.get_data(as_text=True)
    receipt = person.complete("/report/urgent", ref_phoned="no").headers["Location"]
    assert "Phone now if you have not phoned yet." in person.get(receipt).get_data(as_text=True)


def test_waiting_people_see_only_receipts(client: FlaskClient, councils: Councils) -> None:
    waiting = make_person(councils.england, state="pending")
    sign_in(client, waiting)
    person = Person(client, "avonmere")
    assert "Start a report" not in person.get("/report").get_data(as_text=True)
    receipt = person.complete("/report/urgent").headers["Location"]
    assert person.get(receipt).status_code == 200
    token = filled(main_form(soup(person.get("/report/urgent"))))["csrf_token"]
    assert person.send("/report", {"csrf_token": token}).status_code == 403
    reference = receipt.split("/")[-2]
    for path in ("/referrals", f"/referrals/{reference}", f"/report/{uuid4()}"):
        assert person.client.get(person.at(path)).status_code == 403


def test_other_peoples_reports_are_as_if_they_did_not_exist(client: FlaskClient, councils: Councils) -> None:
    keys = agency_keys(councils.england)
    author = make_person(councils.england, agency=keys[0])
    elsewhere = make_person(councils.wales)
    reference = send_draft(author, make_draft(author))
    draft = make_draft(author)
    for stranger in (
        make_person(councils.england, agency=keys[0]),
        make_person(councils.england, agency=keys[1], role="agency_lead"),
    ):
        sign_in(client, stranger)
        missing = client.get("/avonmere/referrals/A3C-D4E-F6H")
        assert missing.status_code == 404
        for path in (f"/referrals/{reference}", f"/referrals/{reference}/receipt",
                     f"/referrals/{reference}/withdraw", f"/report/{draft}", f"/report/{draft}/check",
                     "/referrals/a%00b", f"/referrals/{'A' * 5000}"):  # fmt: skip
            response = client.get(f"/avonmere{path}")
            assert response.status_code == 404
            assert _bare(response.data) == _bare(missing.data), path
    sign_in(client, elsewhere)
    missing = client.get("/glan-yr-afon/referrals/A3C-D4E-F6H")
    assert _bare(client.get(f"/glan-yr-afon/referrals/{reference}").data) == _bare(missing.data)


def _bare(body: bytes) -> str:
    """A page without what differs for every request: nonces and CSRF tokens."""
    page = BeautifulSoup(body, "html.parser")
    for tag in page.find_all(True):
        for name in ("nonce", "value"):
            tag.attrs.pop(name, None)
    return str(page)


def test_an_agency_lead_reads_the_agencys_reports(client: FlaskClient, councils: Councils) -> None:
    author = make_person(councils.england, name="Elin Author")
    made = make_referral(councils.england, author)
    lead = make_person(councils.england, role="agency_lead")
    sign_in(client, lead)
    person = Person(client, "avonmere")
    assert made.reference not in person.get("/referrals").get_data(as_text=True)
    assert made.reference in person.get("/referrals?view=agency").get_data(as_text=True)
    assert "Elin Author" in person.get(f"/referrals/{made.reference}").get_data(as_text=True)
    assert "Withdraw" not in person.get(f"/referrals/{made.reference}").get_data(as_text=True)
    person.get(f"/referrals/{made.reference}/withdraw", 404)


def test_the_list_pages_through_everything_once(person: Person, councils: Councils, statements: list[str]) -> None:
    made = {make_referral(councils.england, person.answers["person"]).reference for _ in range(30)}
    statements.clear()
    page = soup(person.get("/referrals"))
    assert len(statements) <= 8
    first = {tag.text for tag in page.select("td a, th a.app-reference")}
    second = soup(person.get(str(page.select_one(".govuk-pagination__next a")["href"])))  # type: ignore[index]
    rest = {tag.text for tag in second.select("th a.app-reference")}
    assert (len(first), len(rest)) == (25, 5)
    assert first | rest == made
    assert "26 to 30 of 30" in second.text
    person.get("/referrals?page=3", 404)
    for odd in ("page=x", "page=0", "page=-1", "page=%00", "page=999999999999", "colleague=x", "state=draft"):
        person.get(f"/referrals?{odd}")


def test_withdrawing_needs_a_reason_and_works_once(person: Person, councils: Councils) -> None:
    made = make_referral(councils.england, person.answers["person"])
    withdraw = f"/referrals/{made.reference}/withdraw"
    assert person.post(withdraw).status_code == 422
    data = filled(main_form(soup(person.get(withdraw)))) | {"reason": ["sent_twice"]}
    assert person.send(withdraw, data).status_code == 303
    assert "Withdrawn" in person.get(f"/referrals/{made.reference}").get_data(as_text=True)
    assert person.send(withdraw, data).headers["Location"].endswith(made.reference)
    assert "can no longer be withdrawn" not in person.get(f"/referrals/{made.reference}").text
    screener = make_person(councils.england, role="screener")
    claimed = make_referral(councils.england, person.answers["person"], state="screening", owner=screener)
    asks = f"/referrals/{claimed.reference}/withdraw"
    assert "Ask to withdraw this report" in person.get(asks).text
    assert person.post(asks, reason="other").status_code == 303
    page = person.get(f"/referrals/{claimed.reference}").text
    assert "The council has not answered yet" in page
    assert "Being read by the council" in page
    person.get(asks, 303)


def test_endless_and_unreadable_input_is_refused_not_an_error(person: Person) -> None:
    section = f"{draft_of(person, with_sections=False)}/section/other"
    data = filled(main_form(soup(person.get(section))))
    assert person.send(section, {**data, "oth_anything": ["a\x00b"]}).status_code == 422
    assert person.send(section, {**data, "oth_anything": ["x" * 5_000_000]}).status_code == 413
    assert person.send(section, {**data, **{f"f{n}": ["1"] for n in range(10_000)}}).status_code == 413
    odd = {**data, "seen_version": ["٣"], "shown_key": ["\x00"], "tenant_id": ["x"], "state": ["sent"]}
    assert person.send(section, odd).status_code == 303


def test_deleting_a_draft_asks_first(person: Person) -> None:
    draft = draft_of(person)
    assert "Delete this draft?" in person.get(f"{draft}/delete").get_data(as_text=True)
    data = filled(main_form(soup(person.get(f"{draft}/delete"))))
    assert [person.send(f"{draft}/delete", data).status_code for _ in range(2)] == [303, 410]
    person.get(draft, 410)
