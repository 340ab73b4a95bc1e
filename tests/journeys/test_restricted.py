"""A manager restricts a report; a colleague who needs it opens it with a reason, and the manager closes it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}


def test_given_a_restricted_report_when_a_screener_says_why_then_it_opens_until_a_manager_closes_it(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("avonmere")
    made = make_referral(council, make_person(council))
    manager = walk(council, make_person(council, role="practice_manager", name="Moira Deeks"))
    screener = walk(council, make_person(council, role="screener", name="Owain Prys"), viewport=NARROW)
    manager.open(f"/screening/{made.reference}").follow("Who may see this")
    manager.page.get_by_label("It is about an adoption").check()
    manager.press("Restrict this").sees("Only the people on the list can see this now").follow("Who may see this")
    screener.open("/holding-area").does_not_see(made.reference).follow("I need to open a restricted record")
    screener.press("Open the record").sees("Enter the reference")
    screener.page.get_by_label("Reference", exact=True).fill(made.reference)
    screener.page.get_by_label("I cover for somebody who is on the list").check()
    screener.page.get_by_label("Why do you need to read it now?").fill("On duty tonight")
    screener.press("Open the record").sees("You opened this restricted record with a reason")
    expect(screener.button("Claim this report")).to_have_count(0)
    manager.open("/restricted/openings").sees("On duty tonight")
    manager.press(f"Close {made.reference} for Owain Prys now").sees("Closed")
    screener.open("/holding-area").does_not_see(made.reference)


def test_given_a_family_one_knows_when_one_declares_it_then_its_report_is_gone(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("glan-yr-afon")
    made = make_referral(council, make_person(council))
    screener = walk(council, make_person(council, role="screener"), language="cy", viewport=NARROW)
    screener.open("/holding-area").sees(made.reference)
    screener.open("/account").follow("Datgan cysylltiad")
    screener.page.get_by_label("Cyfenw'r plentyn").fill("Llŷr")
    screener.press("Datgan y cysylltiad").sees("Datganwyd")
    screener.open("/holding-area").does_not_see(made.reference)
