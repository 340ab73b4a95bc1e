"""Two screeners and a referrer at once: claim, question, answer, decision, outcome, and late information."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.deciding import choose_outcome, say_why
from tests.journeys.walking import Walker
from tests.referrals.making import make_draft, send_draft

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}


def test_given_two_screeners_and_a_referrer_when_one_of_them_works_on_it_then_nothing_is_done_twice_or_overlooked(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("avonmere")
    person = make_person(council, name="Siân O'Brien")
    draft = make_draft(
        person, b_danger_now="no", b_red_flags=["none"], child_first_name="李", child_last_name="O’Brien"
    )
    reference = send_draft(person, draft)
    outcome = say(council.settings.outcomes[0].label, "en")
    teacher = walk(council, person, viewport=NARROW)
    first = walk(council, make_person(council, role="screener", name="Owain Prys"))
    second = walk(council, make_person(council, role="screener", name="Hazel Mottram"))

    # Both claim: one has it, the other is told who.
    for screener in (first, second):
        screener.open("/holding-area").follow(reference)
    first.press("Claim this report").sees("You have claimed this report")
    second.press("Claim this report").sees("Owain Prys has this now.")
    expect(second.button("Claim this report")).to_have_count(0)

    # A question, and its answer at the top of both lists.
    first.fill("Your question to the referrer", "Does she have a coat?").press("Send question")
    second.open("/holding-area?tab=waiting").sees(reference)
    teacher.open(f"/referrals/{reference}").sees("Does she have a coat?").does_not_see("Owain Prys")
    teacher.fill("Your reply", "She comes in a jumper.").press("Send reply").sees("She comes in a jumper.")
    for screener in (first, second):
        screener.open("/holding-area")
        expect(screener.page.get_by_role("row").nth(1)).to_contain_text(reference)
        expect(screener.page.get_by_role("row").nth(1)).to_contain_text("Unread reply")

    # While it is decided something more comes: it is read first.
    say_why(choose_outcome(first.follow(reference).sees("She comes in a jumper.")), "Hungry on three days.")
    add(teacher, "Her mother rang me.")
    first.press("Record the outcome").sees("Her mother rang me.")
    first.page.get_by_label("I have read").check()
    first.press("Record the outcome").sees("Hungry on three days.")
    second.open(f"/screening/{reference}").sees("Hungry on three days.")
    teacher.open(f"/referrals/{reference}").sees(outcome).does_not_see("Hungry on three days.")

    # Late information: it is closed, and comes back to whoever looks.
    add(teacher, "She has gone to her aunt.")
    second.open("/holding-area?tab=news").sees(reference).sees("Something new").follow(reference)
    second.sees("She has gone to her aunt.").press("Read: nothing changes")
    first.open("/holding-area?tab=news").does_not_see(reference)


def add(teacher: Walker, words: str) -> None:
    """Add something to the report, after its question was answered or it was decided."""
    teacher.open(f"{teacher.page.url.partition(f'/{teacher.council.slug}')[2]}").follow("Add information")
    teacher.page.get_by_label("What do you want to add?").fill(words)
    teacher.press("Send to the council").sees(words)
