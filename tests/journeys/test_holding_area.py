"""Two screeners and one report."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey


def test_given_two_screeners_when_both_claim_then_one_has_it_and_the_other_is_told_who(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("avonmere")
    made = make_referral(council, make_person(council))
    first = walk(council, make_person(council, role="screener", name="Owain Prys"))
    second = walk(council, make_person(council, role="screener", name="Hazel Mottram"))
    for screener in (first, second):
        screener.open("/holding-area").follow(made.reference)
    first.press("Claim this report").sees("You have claimed this report")
    second.press("Claim this report").sees("Owain Prys has this now.")
    expect(second.button("Claim this report")).to_have_count(0)
    second.open("/holding-area")
    expect(second.page.get_by_role("row").filter(has_text=made.reference)).to_contain_text("Owain Prys")


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
