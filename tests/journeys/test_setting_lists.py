"""A front door's manager sets up the stages of its work, item by item, on a telephone and in either language."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.walking import Walker

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("as_it_was")]
LINES = ("closures", "closures/new", "closures/items/2026-12-24", "duty", "duty/items/1", "answering-first")
NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize(("slug", "language"), [("avonmere", "en"), ("glan-yr-afon", "cy")])
def test_given_a_manager_when_stages_change_then_it_takes_no_codes_and_nothing_is_lost(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], slug: str, language: str
) -> None:
    council = council_named(slug)
    walker = walk(council, make_person(council, role="council_admin"), language=language, viewport=NARROW)
    walker.open("/council").follow("Stages of the work, their clocks and checklists")
    walker.press("Add a stage").press("Save").sees(walker.say("Enter the name, up to 200 characters"))
    names = (
        {"English": "Weekly panel", "Welsh": "Panel wythnosol"} if "cy" in council.languages else {"": "Weekly panel"}
    )
    for said, name in names.items():
        label = walker.say(f"%(what)s ({said})", what=walker.say("Name")) if said else walker.say("Name")
        walker.page.get_by_label(label, exact=True).fill(name)
    walker.fill("Time for this stage (optional)", "soon").press("Save")
    walker.sees(walker.say("Enter a time such as 4 hours or 45 minutes"))
    walker.fill("Time for this stage (optional)", "45").press("Save")
    shown = names.get("Welsh" if language == "cy" else "English", "Weekly panel")
    walker.sees(shown)
    walker.button(f"{walker.say('Move up')} {shown}").click()
    walker.arrive()
    assert walker.page.locator("main dt").nth(-2).inner_text() == shown
    walker.link(f"{walker.say('Remove')} {shown}").click()
    walker.arrive().press("Remove")
    walker.sees(walker.say("Removed. Everybody sees it within a minute."))
    walker.page.locator("main").get_by_role("link", name=walker.say("Checklist")).first.click()
    walker.arrive().press("Add a line").follow("Cancel")
    for path in (
        "own-clocks",
        "early-help",
        "levels",
        "levels/items/first",
        "reasons-advice",
        "own-clocks/new",
        "letters",
        *LINES,
    ):
        walker.open(f"/council/lists/{path}")
    walker.open("/council/challenges").open("/council/deciding").open("/council").open("/council/telling")
