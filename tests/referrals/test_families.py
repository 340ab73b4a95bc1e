"""Requests beside the report of a concern: begun, answered, sent, and read by the council, in each family."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select

from portal.auth.policy import Permission
from portal.forms.commands.publish import publish
from portal.forms.families import INFORMATION, SERVICE
from portal.forms.folder import load
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.referrals.models import Referral
from portal.referrals.queries.record import children_of, find
from portal.referrals.what_if_words import REPORTS, REQUESTS, WhatIfWords
from portal.referrals.wording import REPORT, REQUEST, Wording
from tests.factories.decisions import fields
from tests.factories.people import Person as Somebody
from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import FOLDERS, Councils
from tests.referrals.clicking import Person, filled, main_form, soup
from tests.referrals.making import acting
from tests.referrals.test_journey import fill_sections, walk_triage

FAMILIES = [INFORMATION, SERVICE]
ANSWERS: dict[str, dict[str, str]] = {
    INFORMATION: {"rfi_purpose": "court", "rfi_danger": "no", "sub_name-first": "Siân", "sub_name-last": "Llŷr",
                  "sub_name-known": "yes", "rfi_when-day": "27", "rfi_when-month": "3", "rfi_when-year": "2090"},
    SERVICE: {"rfs_level": "2", "rfs_consent": "yes", "child_unborn": "no",
              "child_first_name": "Siân", "child_last_name": "Llŷr",
              "child_first_name-known": "yes", "child_last_name-known": "yes",
              "rfs_reason": "Words about it, and why it is now"},
}  # fmt: skip
ROUTE = {INFORMATION: "INFORMATION", SERVICE: "EARLY_HELP"}


@pytest.fixture
def teacher(councils: Councils) -> Somebody:
    return make_person(councils.england)


def begin(person: Person, form_key: str) -> str:
    """Begin one of the forms; the path of its task list."""
    response = person.post("/report", form_key=form_key)
    found = re.search(r"(/report/[0-9a-f-]{36})/questions", response.headers["Location"])
    assert found
    return found[1]


def send_one(client: FlaskClient, teacher: Somebody, form_key: str, slug: str = "avonmere", **wanted: str) -> str:
    """Begin, answer and send one request with what the pages offer; its reference."""
    sign_in(client, teacher)
    person = Person(client, slug, {**ANSWERS[form_key], **wanted})
    draft = begin(person, form_key)
    walk_triage(person, draft)
    fill_sections(person, draft)
    check = f"{draft}/check"
    sent = person.send(check, filled(main_form(soup(person.get(check)))))
    assert sent.status_code == 303, [e.text for e in soup(sent).select(".govuk-error-summary li")]
    receipt = soup(person.get(sent.headers["Location"]))
    assert "Request sent" in receipt.get_text() or slug == "glan-yr-afon"
    assert "Report sent" not in receipt.get_text()
    reference = receipt.select_one(".app-reference")
    assert reference
    return reference.text


@pytest.mark.parametrize("form_key", FAMILIES)
@pytest.mark.parametrize("slug", ["avonmere", "glan-yr-afon"])
def test_a_request_is_made_sent_and_followed(client: FlaskClient, councils: Councils, slug: str, form_key: str) -> None:
    council = councils.england if slug == "avonmere" else councils.wales
    teacher = make_person(council)
    reference = send_one(client, teacher, form_key, slug)
    with acting(teacher):
        found = find(teacher.actor, Permission.TRACK, reference)
        assert (found.form_key, found.route, found.initials) == (form_key, ROUTE[form_key], "SL")
        assert len(children_of(found)) == (1 if form_key == SERVICE else 0)
    person = Person(client, slug)
    assert "Request for" in soup(person.get("/referrals")).get_text() or slug == "glan-yr-afon"
    page = soup(person.get(f"/referrals/{reference}"))
    assert "Words about it" in page.get_text()
    assert f"Report {reference}" not in str(page.title)


def test_the_first_page_offers_the_three_with_the_concern_first(client: FlaskClient, teacher: Somebody) -> None:
    sign_in(client, teacher)
    page = soup(Person(client, "avonmere").get("/report"))
    keys = [field["value"] for field in page.select("main form input[name=form_key]")]
    assert keys == ["concern", "information", "service"]
    assert page.select("main a[href$='/report/urgent']")


def test_what_the_form_of_a_request_says_first_stands_beside_its_button(
    client: FlaskClient, councils: Councils, teacher: Somebody
) -> None:
    folder = next(one for one in load(FOLDERS / "avonmere").families if one.form.key == SERVICE)
    form = {**folder.form_document, "inset": {"en": "Only for families who live here"}}
    with db.unit_of_work(Scope(councils.england, scope.SYSTEM)):
        publish(form, folder.thresholds_document, ())
    sign_in(client, teacher)
    page = soup(Person(client, "avonmere").get("/report"))
    button = page.select_one("main form input[value=service]")
    assert button is not None
    before = [inset.get_text(strip=True) for inset in button.find_all_previous(class_="govuk-inset-text")]
    assert "Only for families who live here" in before


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_sentence_about_a_request_speaks_of_one(app: Flask, language: str) -> None:
    assert set(REPORT) == set(REQUEST)
    with app.test_request_context(), force_locale(language):
        for name in REQUEST:
            said = Wording(SERVICE)[name].lower()
            assert not re.search(r"\breports?\b|adroddiad", said), (name, said)
            assert said == Wording(INFORMATION)[name].lower()


@pytest.mark.parametrize("language", ["en", "cy"])
def test_what_if_speaks_of_requests_where_it_is_about_requests(app: Flask, language: str) -> None:
    assert set(REPORTS) == set(REQUESTS)
    about = {"all": 9, "moved": 3, "number": 2}
    with app.test_request_context(), force_locale(language):
        for name in REQUESTS:
            counted = {
                "unchanged": ("all",),
                "moved_few": ("all",),
                "moved": ("all", "moved"),
                "incomplete": ("number",),
            }
            said = WhatIfWords(SERVICE).say(name, **{one: about[one] for one in counted.get(name, ())}).lower()
            assert not re.search(r"\breports?\b|adroddiad", said), (name, said)


def test_the_receipt_of_a_request_does_not_speak_of_the_duty_to_report(
    client: FlaskClient, councils: Councils, teacher: Somebody
) -> None:
    reference = send_one(client, teacher, SERVICE)
    receipt = soup(Person(client, "avonmere").get(f"/referrals/{reference}/receipt"))
    assert "Request sent" in receipt.get_text()
    assert councils.england.settings.statutory["en"] not in receipt.get_text()
    assert "make a request" in str(receipt.title)


def test_an_unknown_form_is_not_found(client: FlaskClient, teacher: Somebody) -> None:
    sign_in(client, teacher)
    assert Person(client, "avonmere").post("/report", form_key="adoption").status_code == 404


def test_words_of_a_request_speak_of_a_request(client: FlaskClient, teacher: Somebody) -> None:
    sign_in(client, teacher)
    person = Person(client, "avonmere", ANSWERS[SERVICE])
    draft = begin(person, SERVICE)
    route = walk_triage(person, draft)
    for path in (route, draft, f"{draft}/check"):
        words = soup(person.get(path)).select_one("main")
        assert words is not None
        assert not re.search(r"\breport\b", words.get_text().lower()), path


def test_level_four_of_a_request_for_service_offers_the_report_of_a_concern(
    client: FlaskClient, teacher: Somebody
) -> None:
    sign_in(client, teacher)
    person = Person(client, "avonmere", {**ANSWERS[SERVICE], "rfs_level": "4"})
    page = soup(person.get(walk_triage(person, begin(person, SERVICE))))
    assert "Report a concern instead" in page.get_text()


def test_a_request_for_child_protection_goes_to_social_workers(client: FlaskClient, teacher: Somebody) -> None:
    reference = send_one(client, teacher, INFORMATION, rfi_purpose="child_protection")
    with acting(teacher):
        assert find(teacher.actor, Permission.TRACK, reference).route == "MASH"


@pytest.mark.parametrize("form_key", FAMILIES)
def test_the_council_reads_claims_and_decides_a_request(
    client: FlaskClient, councils: Councils, teacher: Somebody, form_key: str
) -> None:
    reference = send_one(client, teacher, form_key)
    screener = make_person(councils.england, role="screener")
    sign_in(client, screener)
    person = Person(client, "avonmere")
    listed = soup(person.get(f"/holding-area?form={form_key}"))
    assert reference in listed.get_text()
    assert reference not in soup(person.get("/holding-area?form=concern")).get_text()
    page = soup(person.get(f"/screening/{reference}"))
    assert f"Request {reference}" in page.get_text()
    assert "Siân" in page.select("#summary ~ .app-digest__parts")[0].get_text()
    claimed = person.post(f"/screening/{reference}/claim", form_of=f"/screening/{reference}", action="/claim")
    assert claimed.status_code == 303
    chosen = person.get(f"/screening/{reference}/decide?outcome=advice")
    offered = [one.get("value") for one in soup(chosen).select("[name=route]")]
    assert ROUTE[form_key] in str(chosen.get_data(as_text=True))
    assert "MASH_URGENT" not in offered
    data = filled(main_form(soup(chosen)))
    data |= {name: value if isinstance(value, list) else [value] for name, value in fields("advice").items()}
    data |= {"rationale": ["Because"], "told": ["Thank you"], "route": [ROUTE[form_key]]}
    action = str(main_form(soup(chosen)).get("action") or f"/screening/{reference}/decide")
    assert person.send(action, data).status_code == 303
    with acting(screener):
        state = db.session().execute(select(Referral.state).where(Referral.reference == reference)).scalar_one()
    assert state == "decided"
