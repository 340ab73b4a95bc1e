"""Who may register, who approves them, and what everybody else is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.conftest import OutboxPage
from tests.journeys.walking import PASSWORD, Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
CouncilNamed = Callable[[str], Council]


def _types_details(walker: Walker, address: str, *, lead: str = "No") -> Walker:
    walker.open("/register").fill("Your full name", "Ffion Llwyd").fill("Your job title", "Practice nurse")
    walker.fill("Your work email address", address)
    return walker.choose(lead, "Are you your agency's safeguarding lead?").press("Continue")


def test_given_an_agency_without_a_lead_when_its_first_one_registers_then_the_council_approves(
    walk: Walk, council_named: CouncilNamed, outbox: OutboxPage
) -> None:
    council, address = council_named("avonmere"), "siwan.lead@oakfield.avonmere.sch.uk"
    lead = _types_details(walk(council), address, lead="Yes")
    lead.page.get_by_role("main").get_by_role("radio").first.check()
    lead.press("Continue").enter_code(outbox, address).fill("Choose a password", PASSWORD).press("Create account")
    lead.set_up_app().sees_heading("Waiting for approval").sees("The council will check this")
    other = walk(council, make_person(council, role="agency_lead", agency="riverside-academy"))
    other.open("/people").sees_heading("People").does_not_see(address)
    admin = walk(council, make_person(council, role="council_admin"))
    admin.open("/people").sees(address).press("Approve Ffion Llwyd").sees("Ring the agency first")
    admin.press("Record the call and approve").sees("Select the number that you rang")
    admin.page.get_by_role("group", name="Which number did you ring?").get_by_role("radio").first.check()
    admin.page.get_by_role("group", name="When did you ring?").get_by_role("radio").first.check()
    admin.fill("Who answered, and what do they do there?", "Ms Evans, school office")
    admin.press("Record the call and approve")
    lead.open("/people").sees_heading("People").sees("Nobody is waiting.")


def test_given_a_shared_domain_when_a_nurse_registers_then_she_chooses_her_agency(
    walk: Walk, council_named: CouncilNamed, outbox: OutboxPage
) -> None:
    address = "ffion.llwyd@nhs.net"
    nurse = _types_details(walk(council_named("avonmere")), address)
    nurse.sees_heading("Your agency").sees("Several agencies use email addresses like")
    nurse.press("Continue").sees("Select your agency")
    nurse.choose("Mill Lane Surgery").press("Continue").enter_code(outbox, address)
    nurse.fill("Choose a password", PASSWORD).press("Create account")
    nurse.sees_heading("Protect your account").follow("Not now").sees_heading("Waiting for approval").sees(
        "Mill Lane Surgery"
    )


def test_given_an_address_of_no_agency_when_somebody_registers_then_the_page_says_what_to_do(
    walk: Walk, council_named: CouncilNamed
) -> None:
    council = council_named("glan-yr-afon")
    somebody = _types_details(walk(council, language="cy"), "ffion@example.com")
    somebody.sees_heading("We cannot match you to an agency")
    somebody.sees(council.settings.phones.hub.number).sees(council.settings.email)
    expect(somebody.page.get_by_role("main").get_by_role("button")).to_have_count(0)


def test_given_an_account_in_one_council_when_its_person_comes_to_another_then_they_ask_to_join(
    walk: Walk, council_named: CouncilNamed
) -> None:
    england, wales, police = council_named("avonmere"), council_named("glan-yr-afon"), "severn-vale-police"
    officer = make_person(england, agency=police, email="pc.jones@severnvale.police.uk", name="Jo Jones")
    jo = walk(wales, officer)
    jo.open().follow("Ask for access").sees_heading("Ask for access")
    jo.page.get_by_role("main").get_by_role("group").first.get_by_role("radio").first.check()
    jo.fill("Your job title", "Police constable").choose("No", "Are you your agency's safeguarding lead?")
    jo.press("Ask for access").sees_heading("Waiting for approval").sees("Severn Vale Police")
    manager = walk(wales, make_person(wales, role="practice_manager"))
    manager.open("/people").press("Approve Jo Jones")
    jo.open("/referrals").sees_heading("My reports and requests").sees("No reports or requests yet.")
    jo.page.goto("/avonmere/referrals")
    jo.arrive().sees_heading("My reports and requests")
    expect(jo.page.get_by_role("banner")).to_contain_text(say(england.name, "en"))


def test_given_somebody_who_is_signed_in_when_their_lead_ends_their_access_then_the_next_page_is_signing_in(
    walk: Walk, council_named: CouncilNamed
) -> None:
    council, school = council_named("glan-yr-afon"), "ysgol-enghraifft"
    leaver = make_person(council, agency=school, name="Gethin Leaver")
    heir = make_person(council, agency=school, name="Heledd Heir")
    made = make_referral(council, leaver)
    theirs = walk(council, leaver, language="cy")
    theirs.open("/referrals").sees(made.reference)
    lead = walk(council, make_person(council, role="agency_lead", agency=school), language="cy")
    lead.open("/people").follow("Gethin Leaver").press("End their access")
    lead.choose("They have left the agency").choose("Heledd Heir").press("End their access")
    lead.sees_heading("People").does_not_see("Gethin Leaver")
    theirs.open("/referrals").sees_heading("Sign in")
    walk(council, heir, language="cy").open(f"/referrals/{made.reference}").sees("Gethin Leaver")


def test_given_a_hospital_nurse_when_she_has_one_account_then_she_reports_to_two_councils(
    walk: Walk, council_named: CouncilNamed
) -> None:
    england, wales, hospital = council_named("avonmere"), council_named("glan-yr-afon"), "example-infirmary"
    nurse = make_person(england, agency=hospital, email="ffion.llwyd@nhs.net")
    there = make_person(wales, agency=hospital, account_id=nurse.account_id, email="ffion.llwyd@nhs.net")
    other_hat = make_person(england, agency="mill-lane-surgery", account_id=nurse.account_id, email=nurse.email)
    sent = [make_referral(council, person).reference for council, person in ((england, nurse), (wales, there))]
    browser = walk(england, nurse)
    browser.open("/account").follow("Act for another agency").sees_heading("For whom are you acting now?")
    browser.page.get_by_role("radio", name="Example Infirmary").check()
    browser.press("Continue").sees(sent[0])
    browser.open("/account/hat").page.get_by_role("radio", name="Mill Lane Surgery").check()
    browser.press("Continue").does_not_see(sent[0])
    assert other_hat.account_id == nurse.account_id
    walk(wales, there, language="cy").open("/referrals").sees(sent[1]).does_not_see(sent[0])
