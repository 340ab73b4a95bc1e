"""Two screeners at once: the list says what came without moving a row, and each sees what the other has open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portal.kernel import clock
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker
from tests.referrals.making import make_draft, send_draft

pytestmark = pytest.mark.journey


def later(page: Page) -> None:
    """Twenty seconds by the page's clock, and its question to the server answered."""
    with page.expect_response("**/now*") as answered:
        page.clock.run_for(21_000)
    answered.value.finished()


def test_given_a_list_left_open_when_reports_come_then_it_says_so_and_no_row_moves(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], axe: Callable[..., None]
) -> None:
    council = council_named("glan-yr-afon")
    author = make_person(council)
    # What came within two seconds of the drawing would be told once more.
    known = make_referral(council, author, route="EARLY_HELP", sent_at=clock.now() - timedelta(hours=1))
    screener = walk(council, make_person(council, role="screener", name="Siân O’Brien"), language="cy")
    page = screener.page
    page.clock.install()
    screener.open("/holding-area")
    row, status = page.get_by_role("link", name=known.reference), page.locator("[data-live-said]")
    before = row.bounding_box()
    expect(status).to_be_empty()
    make_referral(council, author)
    later(page)
    expect(status).to_have_text(screener.say("%(num)s new or changed.", num=1))
    expect(page.locator("[data-live-number]").first).to_have_text("2")
    assert row.bounding_box() == before
    urgent = send_draft(author, make_draft(author, b_danger_now="yes"))
    later(page)
    alert = page.locator("[data-live-alert]")
    expect(alert.get_by_role("link", name=urgent)).to_be_visible()
    assert row.bounding_box() == before
    axe(page)
    page.get_by_role("link", name=screener.say("Show them")).click()
    screener.sees(urgent)
    expect(alert).to_be_hidden()
    page.get_by_role("button", name=screener.say("Acknowledge")).click()
    screener.sees(screener.say("You have acknowledged this urgent report. Claim it to work on it."))
    expect(page.locator(".app-duty")).to_have_count(0)
