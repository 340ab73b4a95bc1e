"""An operator at a real browser: makes a council, asks another one to look, and looks while it lets them."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from portal.kernel.scope import Council
from tests.factories.operators import make_operator
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
Admin = psycopg.Connection[tuple[object, ...]]
LANGUAGES = {"avonmere": "en", "glan-yr-afon": "cy"}


def at(walker: Walker, path: str) -> Walker:
    """Type an address outside the councils."""
    walker.page.goto(path)
    return walker.arrive()


@pytest.mark.parametrize("slug", LANGUAGES)
def test_given_an_operator_when_they_make_a_council_and_ask_to_look_then_every_page_is_accessible(
    walk: Walk, council_named: Callable[[str], Council], admin: Admin, slug: str
) -> None:
    council, language = council_named(slug), LANGUAGES[slug]
    made = make_referral(council, make_person(council))
    at(walk(council, language=language), "/operator/sign-in")
    operator = walk(council, make_operator(admin, council), language=language)
    at(operator, "/operator").press("Make a council").follow("Address, nation and languages")
    operator.fill("Address", "Not an address").press("Save and go on")
    assert operator.say("Select a nation") in operator.text()
    operator.fill("Address", "severnside").choose("Wales", "Nation")
    operator.fill("Sender of emails", "no-reply@severnside.gov.uk")
    operator.page.get_by_label("English", exact=True).check()
    operator.press("Save and go on")
    begun = operator.page.url
    for page in ("names", "branding", "telephones", "contacts", "times", "privacy", "administrator", "discard"):
        at(operator, f"{begun}/{page}")
    at(operator, f"/operator/councils/{council.id}")
    at(operator, f"/operator/councils/{council.id}/support").choose(
        "To find a fault that was reported", "What do you want to look for?"
    )
    operator.fill("Why do you need to see this council’s reports?", "A page does not open")
    operator.fill("For how many hours?", "2").press("Ask the council")
    manager = walk(council, make_person(council, role="practice_manager"), language=language)
    manager.open("/").follow("Access of the portal’s operator")
    manager.press("Allow for %(hours)s", hours=manager.say("%(hours)s hours", hours=2))
    at(operator, f"/operator/councils/{council.id}/support")
    operator.open("/holding-area").open(f"/screening/{made.reference}")
    assert made.reference in manager.open("/council/support").text()
    manager.press("End now")
    operator.page.goto(f"/{slug}/holding-area")
    assert operator.page.get_by_role("main").inner_text()
