"""Somebody who has just joined meets the council's terms of use, and may report before they accept them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.factories.terms import publish_terms
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("language", ["en", "cy"])
def test_given_a_newcomer_when_they_go_to_their_reports_then_they_accept_the_terms_first(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], language: str
) -> None:
    council = council_named("glan-yr-afon")
    publish_terms(council)
    viewport = {"width": 320, "height": 640} if language == "cy" else {"width": 1280, "height": 800}
    newcomer = walk(council, make_person(council, accepted=False), language=language, viewport=viewport)
    newcomer.open("/referrals").sees_heading("Accept the terms of use")
    newcomer.press("Accept and continue").sees_heading("Accept the terms of use")
    newcomer.sees(newcomer.say("Tick the box to say that you accept the terms of use"))
    newcomer.follow("Report a concern now")
    assert "/report" in newcomer.page.url
    newcomer.open("/referrals").sees_heading("Accept the terms of use")
    newcomer.page.get_by_label(newcomer.say("I have read the terms of use and I accept them")).check()
    newcomer.press("Accept and continue")
    expect(newcomer.page).to_have_url(f"/{council.slug}/referrals")


def test_given_other_terms_when_an_administrator_saves_them_then_it_is_asked_whether_people_accept_again(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("avonmere")
    publish_terms(council)
    make_person(council, name="Nora Newcomer", accepted=False)
    administrator = walk(council, make_person(council, role="council_admin", name="Ada Accepted"))
    administrator.open("/council/terms").follow("Versions of the terms, and who has accepted them")
    administrator.sees("1 of 2 people have accepted what is asked of them now").follow("Terms of use")
    administrator.fill("Text of the page", "Only for your work.").press("Save")
    administrator.sees("Select whether people must accept the new words")
    administrator.choose("No: it is only a correction, such as of a spelling mistake")
    administrator.press("Preview").sees("Only for your work.")
