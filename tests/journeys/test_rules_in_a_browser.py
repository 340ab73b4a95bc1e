"""A designer builds rules in Welsh on a narrow screen: every page passes axe-core, and a keyboard alone is enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator

from portal.forms.commands import drafting
from portal.forms.queries.drafts import find
from portal.kernel import db
from portal.kernel.scope import Council
from tests.factories.people import Person, make_person
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
FURTHEST = 400
NARROW = {"width": 320, "height": 640}
FOCUSED = "one => one === document.activeElement"
PAGES = (
    "", "/rules", "/rules/rules/A15", "/rules/add/rules", "/rules/topics/school_attendance", "/rules/values",
    "/rules/routes/MASH", "/rules/notices", "/rules/general/all", "/rules/rules/A05/remove",
    "/condition/rule/A10/when", "/condition/value/score", "/condition/question/a_age_band/show_when",
    "/condition-line/rule/A10/when?at=all.1&add=1",
    "/condition-line/rule/A10/when?at=all.1&add=1&about=count&name-count=a_parent_factors",
    "/condition-line/rule/A10/when?at=all.0&about=answer&name-answer=a_age_band",
    "/condition-line/value/health?at=&about=answer&name-answer=a_d_health",
)  # fmt: skip


def begun(council: Council) -> tuple[Person, UUID]:
    person = make_person(council, role="form_designer")
    with db.unit_of_work(person.scope):
        return person, drafting.start(person.actor, "concern")


def rules_of(person: Person, form_id: UUID) -> list[dict[str, Any]]:
    with db.unit_of_work(person.scope):
        return list(find(person.actor, form_id).thresholds["rules"])


@pytest.mark.parametrize("language", ["cy", "en"])
def test_every_page_of_rules_is_accessible_and_narrow(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], language: str
) -> None:
    council = council_named("glan-yr-afon")
    person, form_id = begun(council)
    walker = walk(council, person, language=language)
    for path in PAGES:
        walker.scanned.clear()
        walker.open(f"/forms/drafts/{form_id}{path}")
    walker.open(f"/forms/drafts/{form_id}/rules/rules/A05")
    walker.page.get_by_role("textbox").nth(1).fill("")
    walker.page.get_by_role("textbox").nth(2).fill("")
    walker.scanned.clear()
    walker.press("Save")
    assert walker.page.locator(".govuk-error-summary").count() == 1


def test_given_only_a_keyboard_and_no_scripts_then_a_rule_gets_another_line(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("glan-yr-afon")
    person, form_id = begun(council)
    walker = walk(council, person, language="cy", java_script_enabled=False, viewport=NARROW)
    walker.open(f"/forms/drafts/{form_id}/rules")
    one = walker.page.locator("#entry-5")
    press(walker, one.get_by_role("button").filter(has_text=walker.say("Move up")))
    assert [rule["id"] for rule in rules_of(person, form_id)][3:5] == ["A05", "A04"]
    walker.open(f"/forms/drafts/{form_id}/rules")
    press(
        walker, walker.page.locator("#entry-4").get_by_role("link").filter(has_text=walker.say("Change the condition"))
    )
    press(walker, walker.page.get_by_role("main").get_by_role("button", name=walker.say("Add a line"), exact=True))
    tab_to(walker, walker.page.locator("input[name=about]"))
    named = walker.page.locator("input[name=about][value=met]")
    while not named.is_checked():
        walker.page.keyboard.press("ArrowDown")
    select = walker.page.locator("select[name=name-met]")
    tab_to(walker, select)
    walker.page.keyboard.press("ArrowDown")
    press(walker, walker.button(walker.say("Continue")))
    press(walker, walker.button(walker.say("Save the line")))
    walker.arrive()
    when = rules_of(person, form_id)[3]["when"]
    assert when == {"all": [{"answer": "a_red_flags", "empty": False}, {"met": "needs_early_help"}]}


def tab_to(walker: Walker, target: Locator) -> None:
    for _ in range(FURTHEST):
        walker.page.keyboard.press("Tab")
        if target.first.evaluate(FOCUSED):
            return
    raise AssertionError(f"Tab never comes to {target}")


def press(walker: Walker, target: Locator) -> None:
    tab_to(walker, target)
    with walker.page.expect_navigation():
        walker.page.keyboard.press("Enter")
