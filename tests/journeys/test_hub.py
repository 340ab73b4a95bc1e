"""A screener asks the police in the hub, they answer, and the referrer sees nothing of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel.scope import Council
from tests.factories.hub import make_partner
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}


def test_given_a_partner_in_the_hub_when_a_screener_asks_then_the_partner_answers_and_the_referrer_sees_nothing(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("glan-yr-afon")
    author = make_person(council, agency="ysgol-enghraifft")
    screener = make_person(council, role="screener", name="Owain Prys")
    sergeant = make_partner(council, agency="severn-vale-police", name="Siân O'Brien")
    made = make_referral(council, author, state="screening", owner=screener)
    desk = walk(council, screener)
    police = walk(council, sergeant, language="cy", viewport=NARROW)
    police.open("/hub").sees("Nid oes dim ar agor i'ch asiantaeth.")

    desk.open(f"/screening/{made.reference}").follow("Hub with other agencies").sees("This is open to no agency.")
    desk.page.get_by_label("Which agency?").select_option(label="Severn Vale Police")
    desk.page.get_by_label("The answers too, without").check()
    desk.fill("What do you ask them?", "Do you know the family?").press("Open it to them")
    desk.sees("None of its partners has read it yet.")

    police.open("/hub").sees("Do you know the family?").follow(made.reference).sees("SL, 7 oed")
    police.fill("Ysgrifennu yn yr hyb", "Tair galwad eleni.").press("Anfon i'r hyb").sees("Tair galwad eleni.")

    desk.open(f"/screening/{made.reference}").sees("1 new message").follow("Hub with other agencies")
    desk.sees("Siân O'Brien, Severn Vale Police").sees("Tair galwad eleni.")
    teacher = walk(council, author)
    teacher.open(f"/referrals/{made.reference}").does_not_see("Tair galwad eleni.").does_not_see("Hub with")
    desk.press("Take it back from Severn Vale Police").sees("Taken back: that agency")
    police.open("/hub").sees("Nid oes dim ar agor i'ch asiantaeth.")
