"""The pages of accounts in a real browser: a registration without scripts, axe, and 320 pixels, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from portal.adapters import outbox
from portal.auth import totp
from portal.auth.sessions import PLAIN_NAME
from portal.kernel import clock, db, scope
from tests.auth.walking import PASSWORD, codes
from tests.factories import people
from tests.factories.apps import seed_of
from tests.fixtures.councils import Councils

EMAIL = "s.jones@oakfield.avonmere.sch.uk"
Check = Callable[[Page], None]


def newest_code(run_jobs: Callable[[], None]) -> str:
    run_jobs()
    with db.unit_of_work(scope.NOWHERE):
        return codes(outbox.kept(EMAIL))[0]


@pytest.mark.journey
@pytest.mark.parametrize("scripts", [True, False])
def test_registering_and_being_approved(
    new_person: Callable[..., Page],
    councils: Councils,
    run_jobs: Callable[[], None],
    client: FlaskClient,
    *,
    axe: Check,
    narrow: Check,
    scripts: bool,
) -> None:
    lead = people.make_person(councils.england, role="agency_lead", agency="oakfield-primary")
    page = new_person(java_script_enabled=scripts)

    def look() -> None:
        if scripts:
            axe(page)
        narrow(page)

    page.goto("/avonmere/register")
    look()
    page.get_by_role("button", name="Continue").click()
    assert page.title().startswith("Error: ")
    look()
    page.get_by_label("Your full name").fill("Ffion Llwyd")
    page.get_by_label("Your job title").fill("Deputy head")
    page.get_by_label("Your work email address").fill(EMAIL)
    page.get_by_label("No").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Oakfield Primary School").check()
    look()
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_label("Code").fill(newest_code(run_jobs))
    page.get_by_role("button", name="Continue").click()
    look()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    set_up_app(page, look)
    assert page.get_by_role("heading", level=1).inner_text() == "Waiting for approval"
    look()

    approve(new_person(), lead, client, (axe, narrow))

    page.goto("/avonmere/account")
    assert "Approved" in page.content()
    look()
    page.get_by_role("button", name="Sign out", exact=True).click()
    assert re.search(r"/sign-in$", page.url)
    look()


def set_up_app(page: Page, look: Callable[[], None]) -> None:
    """From the page that offers it to the recovery codes that are kept."""
    assert page.get_by_role("heading", level=1).inner_text() == "Protect your account"
    look()
    page.get_by_role("button", name="Set up an authenticator app").click()
    look()
    seed = seed_of(page.locator(".app-key").inner_text())
    page.get_by_label("Code from your app").fill(totp.code_at(seed, totp.step_of(clock.now())))
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your recovery codes"
    look()
    page.get_by_role("button", name="I have kept them").click()


def approve(page: Page, lead: people.Person, client: FlaskClient, checks: tuple[Check, ...]) -> None:
    """In the lead's browser, let the newcomer in."""
    key = people.sign_in(client, lead)
    page.context.add_cookies([{"name": PLAIN_NAME, "value": key, "domain": "localhost", "path": "/"}])
    page.goto("/avonmere/people")
    for check in checks:
        check(page)
    page.get_by_role("button", name="Approve Ffion Llwyd", exact=True).click()
    # Waits for the page: its content is empty for a moment while another one comes.
    expect(page.get_by_text("Approved. We have emailed them.")).to_be_visible()


@pytest.mark.journey
@pytest.mark.parametrize("path", ["register", "register/no-agency", "sign-in"])
def test_pages_in_welsh(page: Page, councils: Councils, axe: Check, narrow: Check, path: str) -> None:
    page.goto(f"/{councils.wales.slug}/{path}")
    assert page.locator("html").get_attribute("lang") == "cy"
    axe(page)
    narrow(page)
