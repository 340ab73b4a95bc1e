"""Passkeys in a real browser with a virtual authenticator: joining with one, and signing in without typing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.conftest import OutboxPage
from tests.journeys.walking import PASSWORD, Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
CouncilNamed = Callable[[str], Council]
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def give_device(page: Page) -> Callable[[bool], None]:
    """A device with a fingerprint reader; what comes back says whether its person is there."""
    session: Any = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def person(there: bool) -> None:
        session.send("WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": there})

    return person


def test_given_a_device_when_a_teacher_joins_then_she_signs_in_with_her_fingerprint(
    walk: Walk, council_named: CouncilNamed, outbox: OutboxPage
) -> None:
    council, address = council_named("avonmere"), "ffion.llwyd@oakfield.avonmere.sch.uk"
    make_person(council, role="agency_lead", agency="oakfield-primary")
    teacher = walk(council)
    give_device(teacher.page)
    teacher.open("/register").fill("Your full name", "Ffion Llwyd").fill("Your job title", "Deputy head")
    teacher.fill("Your work email address", address)
    teacher.choose("No", "Are you your agency's safeguarding lead?").press("Continue")
    teacher.page.get_by_role("main").get_by_role("radio").first.check()
    teacher.press("Continue").enter_code(outbox, address).fill("Choose a password", PASSWORD).press("Create account")
    teacher.sees_heading("Protect your account").press("Create a passkey").sees_heading("Create a passkey")
    teacher.button("Create a passkey").click()
    teacher.page.wait_for_url("**/account/recovery-codes")
    teacher.arrive().sees_heading("Your recovery codes").press("I have kept them").sees_heading("Waiting for approval")
    teacher.press("Sign out").sees_heading("Sign in").button("Sign in with a passkey").click()
    teacher.page.wait_for_url("**/waiting")
    teacher.arrive().sees_heading("Waiting for approval")


def test_given_nobody_at_the_device_when_a_passkey_is_asked_for_then_the_page_says_so_and_the_password_is_there(
    walk: Walk, council_named: CouncilNamed
) -> None:
    council = council_named("glan-yr-afon")
    somebody = walk(council, language="cy")
    person = give_device(somebody.page)
    person(False)
    somebody.open("/sign-in").button(somebody.say("Sign in with a passkey")).click()
    failed = somebody.page.locator("[data-passkey-failed]")
    expect(failed).to_be_visible()
    expect(failed).to_be_focused()
    expect(somebody.page.get_by_label(somebody.say("Password"), exact=True)).to_be_visible()


def test_given_no_scripts_when_signing_in_then_only_what_works_is_offered(
    walk: Walk, council_named: CouncilNamed
) -> None:
    council = council_named("avonmere")
    somebody = walk(council, java_script_enabled=False)
    somebody.open("/sign-in")
    expect(somebody.button("Sign in with a passkey")).to_be_hidden()
    somebody.be(make_person(council, strength="email")).open("/account/passkeys/add")
    expect(somebody.button("Create a passkey")).to_be_hidden()
    somebody.follow("Set up an authenticator app").sees_heading("Set up an authenticator app")
