"""Enter in a field of a form that asks a referrer sends the question, whatever other buttons stand before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.auth.policy import Permission
from portal.kernel import db
from portal.kernel.scope import Council
from portal.messaging.queries import thread
from portal.referrals.queries.record import find
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("where", ["", "/ask/questions"], ids=["short", "whole"])
def test_given_a_question_when_a_screener_presses_enter_in_the_days_then_it_is_sent(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], where: str
) -> None:
    council = council_named("avonmere")
    ali = make_person(council, role="screener")
    made = make_referral(council, make_person(council), state="screening", owner=ali)
    walker = walk(council, ali).open(f"/screening/{made.reference}{where}")
    walker.page.get_by_label("Your question to the referrer").fill("CNRY by the keyboard")
    days = walker.page.get_by_label("Working days for the answer")
    days.fill("3")
    days.press("Enter")
    walker.arrive()
    assert "Your question has been sent" in walker.page.locator("main").inner_text()
    with db.unit_of_work(ali.scope):
        said = thread(ali.actor, Permission.LOOK, find(ali.actor, Permission.LOOK, made.reference))
    assert [one.text for one in said] == ["CNRY by the keyboard"]
