"""The screening pages in a real browser: checked with axe, at 320 pixels, and with scripts turned off."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from portal.auth.policy import Permission
from portal.auth.sessions import PLAIN_NAME
from portal.kernel import clock, db
from portal.messaging import commands as messaging
from portal.referrals.queries.record import find
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Child, Made, make_referral
from tests.fixtures.councils import Councils

Check = Callable[[Page], None]
SHOTS = os.environ.get("SCREENING_SHOTS", "")


@pytest.fixture
def ali(councils: Councils) -> Person:
    return make_person(councils.england, role="screener", name="Ali Screener")


@pytest.fixture
def made(councils: Councils, ali: Person) -> Made:
    """Three reports in the holding area; the one returned is Ali's, with a reply to read."""
    author = make_person(councils.england, name="Sam Teacher")
    late = clock.now() - timedelta(hours=3)
    make_referral(councils.england, author, route="MASH_URGENT", kind="urgent", due_at=late, out_of_hours=True)
    make_referral(councils.england, author, route="EARLY_HELP", overridden=True, attention=True)
    made = make_referral(
        councils.england, author, state="screening", owner=ali, children=(Child(), Child("Ann", "Jones"))
    )
    with db.unit_of_work(ali.scope):
        found = find(ali.actor, Permission.ASK, made.reference)
        messaging.ask(ali.actor, found, "When did you last see Siân?", uuid4())
    with db.unit_of_work(author.scope):
        found = find(author.actor, Permission.REPLY, made.reference)
        messaging.reply(author.actor, found, "On Friday at 3pm.\nAt the gate, with her sister.", uuid4())
    return made


def sign_in_browser(page: Page, person: Person, client: FlaskClient, live: str) -> None:
    """Give the browser the person's session."""
    key = sign_in(client, person)
    host = str(urlsplit(live).hostname)
    page.context.add_cookies([{"name": PLAIN_NAME, "value": key, "domain": host, "path": "/"}])


def look(page: Page, name: str, axe: Check, narrow: Check) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    axe(page)
    narrow(page)
    if SHOTS:
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=f"{SHOTS}/{name}-320.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def test_every_page_is_accessible_and_fits(
    page: Page, client: FlaskClient, live: str, ali: Person, made: Made, axe: Check, narrow: Check
) -> None:
    sign_in_browser(page, ali, client, live)
    page.goto("/avonmere/holding-area?overdue=yes&route=MASH_URGENT")
    look(page, "filtered", axe, narrow)
    page.goto("/avonmere/holding-area")
    look(page, "queue", axe, narrow)
    page.get_by_role("link", name=made.reference).click()
    look(page, "show", axe, narrow)
    page.get_by_role("button", name="Send question").click()
    look(page, "refused", axe, narrow)
    page.goto(f"/avonmere/screening/{made.reference}/decide")
    look(page, "which", axe, narrow)
    page.get_by_role("button", name="Continue").click()
    look(page, "which-refused", axe, narrow)
    page.get_by_label("No further action").check()
    page.get_by_role("button", name="Continue").click()
    look(page, "decide", axe, narrow)
    page.get_by_label("Why is this the outcome?").fill("Nothing new.")
    page.get_by_label("Agency").fill("Oakfield")
    page.get_by_role("button", name="Add another person").click()
    page.get_by_label("We act without consent").check()
    page.get_by_role("button", name="Record the outcome").click()
    look(page, "decide-refused", axe, narrow)
    page.get_by_label("Below the threshold").check()
    page.get_by_label("Name").fill("Siân O'Brien 李")
    page.get_by_label("When, for").fill("today at 10:15")
    page.get_by_label("What is the legal reason?").select_option("harm")
    page.get_by_role("button", name="Record the outcome").click()
    look(page, "decided", axe, narrow)


def test_the_referrers_side_is_accessible_and_fits(
    page: Page, client: FlaskClient, live: str, made: Made, axe: Check, narrow: Check
) -> None:
    sign_in_browser(page, made.author, client, live)
    page.goto(f"/avonmere/referrals/{made.reference}")
    look(page, "referrer", axe, narrow)
    page.get_by_role("button", name="Send reply").click()
    look(page, "referrer-refused", axe, narrow)


def test_claim_ask_and_filter_without_scripts(
    page_without_scripts: Page, client: FlaskClient, live: str, ali: Person, made: Made
) -> None:
    page = page_without_scripts
    sign_in_browser(page, ali, client, live)
    page.goto("/avonmere/holding-area")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Owner").select_option("Nobody")
    page.get_by_label("Sort by").select_option("Due soonest")
    page.get_by_role("button", name="Apply").click()
    assert page.locator("tbody tr").count() == 2
    page.locator("tbody th a").first.click()
    page.get_by_role("button", name="Claim this report").click()
    page.get_by_label("Your question to the referrer").fill("Where is the child now?")
    page.get_by_role("button", name="Send question").click()
    assert page.locator(".app-message").count() == 1
    page.get_by_role("link", name="Holding area").first.click()
    page.get_by_role("link", name="Waiting for referrer (1)").click()
    assert page.locator("tbody tr").count() == 1
