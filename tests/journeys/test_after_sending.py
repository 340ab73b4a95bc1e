"""A referrer follows a report: adds to it, corrects it, asks to withdraw it, and takes a copy; the council answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.walking import Walker
from tests.referrals.making import make_draft, send_draft

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}


def test_given_a_sent_report_when_its_author_learns_more_then_both_sides_see_what_changed(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("avonmere")
    person = make_person(council, name="Siân O'Brien")
    reference = send_draft(
        person,
        make_draft(
            person, b_danger_now="no", b_red_flags=["none"], child_unborn="no", child_first_name="李",
            child_last_name="O’Brien",
        ),
    )  # fmt: skip
    author = walk(council, person)
    screener = walk(council, make_person(council, role="screener", name="Ali Screener"), viewport=NARROW)
    screener.open(f"/screening/{reference}").press("Claim this report")

    author.open("/referrals").page.locator("#words").fill("obrien")
    author.press("Search").follow(reference).follow("Add information")
    author.page.get_by_label("What do you want to add?").fill("She told me more on Monday")
    author.press("Send to the council").sees("Added information").follow("Correct an answer")
    author.page.locator("a[href$='triage.-.-.-.b_danger_now']").click()
    author.arrive().choose("Yes")
    author.page.get_by_label("Why is it corrected?").fill("I clicked the wrong one")
    author.press("Send the correction").sees("I clicked the wrong one").follow("Ask to withdraw this report")
    author.page.get_by_label("I sent it twice").check()
    author.press("Ask the council").sees("The council has not answered yet")

    screener.open("/holding-area").sees("Rules would now say: Urgent").sees("Asks to withdraw").follow(reference)
    screener.sees("She told me more on Monday").sees("The route was not changed")
    screener.page.get_by_label("Why do you go on with it?").fill("We must see her today")
    screener.press("Go on with it").does_not_see("Asks to withdraw")

    author.open(f"/referrals/{reference}").sees("We must see her today")
    author.follow("Print it, or take a copy as a PDF").sees("She told me more on Monday")
    with author.page.expect_download() as download:
        author.page.get_by_role("link", name="PDF in Welsh").click()
    assert download.value.suggested_filename == f"{reference}-cy.pdf"
