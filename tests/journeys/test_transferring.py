"""A report goes to the council over the border: proposed, sent by a manager, taken over there in Welsh on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}


def test_given_a_child_who_moved_when_both_councils_agree_then_the_other_has_it_and_the_referrer_knows(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council, other = council_named("avonmere"), council_named("glan-yr-afon")
    author, owner = make_person(council), make_person(council, role="screener")
    made = make_referral(council, author, state="screening", owner=owner)
    screener, manager = walk(council, owner), walk(council, make_person(council, role="practice_manager"))
    theirs = walk(other, make_person(other, role="screener"), language="cy", viewport=NARROW)
    screener.open(f"/screening/{made.reference}").follow("Transfer to another council")
    screener.press("Propose the transfer").sees("Choose a council")
    screener.page.get_by_label("Glan-yr-Afon").check()
    screener.fill("Why should they have it?", "They moved to your area in June").choose("Consent was given")
    screener.press("Propose the transfer").sees("A practice manager who did not propose it sends the offer.")
    manager.open(f"/screening/{made.reference}").sees("Waits for a manager").follow("Transfer to another council")
    manager.press("Send the offer").sees("waits for the other council")
    theirs.open("/holding-area")
    if not theirs.link("Trosglwyddiadau").is_visible():
        theirs.page.get_by_role("button", name=theirs.say("Menu")).click()
    theirs.follow("Transfers").does_not_see("Llŷr")
    theirs.page.get_by_role("main").get_by_role("link", name="Avonmere").first.click()
    theirs.arrive().sees("They moved to your area in June").does_not_see("Llŷr")
    theirs.press("Decline").sees("Nodwch pam nad ydych yn ei gymryd")
    theirs.press("Accept: we take it over").sees("Llŷr").follow("What came from the other council")
    theirs.sees("She said CNRY at breakfast")
    referrer = walk(council, author)
    referrer.open(f"/referrals/{made.reference}").sees("Glan-yr-Afon").sees(other.settings.phones.hub.number)
