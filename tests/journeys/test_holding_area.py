"""The list of the holding area, by its filters and its address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey


def test_given_a_filter_and_an_order_when_the_page_is_opened_by_its_address_then_they_hold(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("avonmere")
    author = make_person(council)
    urgent = make_referral(council, author, route="MASH_URGENT")
    advice = make_referral(council, author, route="ADVICE")
    screener = walk(council, make_person(council, role="screener")).open("/holding-area")
    rows = screener.page.get_by_role("row")
    expect(rows.nth(1)).to_contain_text(urgent.reference)
    screener.page.get_by_text("Filter and sort", exact=True).click()
    route = screener.page.get_by_label("Route", exact=True)
    route.select_option(index=[one.strip() for one in route.locator("option").all_inner_texts()].index("Advice"))
    screener.press("Apply").sees(advice.reference).does_not_see(urgent.reference)
    again = screener.page.url.partition("/avonmere")[2]
    screener.open(again).does_not_see(urgent.reference)
    screener.follow("Remove all filters").sees(urgent.reference)
