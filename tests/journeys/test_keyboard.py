"""From the front page to a sent urgent report with Tab, Space, Enter and the letters alone."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Locator

from portal.auth import passwords
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.conftest import OutboxPage, form_of
from tests.journeys.walking import CODE, PASSWORD, Walker

pytestmark = pytest.mark.journey
FURTHEST = 60
FOCUSED = "one => one === document.activeElement"
RINGED = (
    "() => getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
)


def test_given_only_a_keyboard_when_a_teacher_signs_in_then_she_sends_an_urgent_report(
    walk: Callable[..., Walker],
    council_named: Callable[[str], Council],
    admin: psycopg.Connection[tuple[object, ...]],
    outbox: OutboxPage,
) -> None:
    person = make_person(council_named("avonmere"))
    admin.execute("update account set password_hash = %s", (passwords.hashed(PASSWORD),))
    admin.commit()
    walker = walk(person.council).open()
    _press(walker, walker.link("Sign in"))
    _type(walker, "Email address", person.email)
    _type(walker, "Password", PASSWORD, then="Enter")
    walker.sees_heading("Check your email")
    found = CODE.search(outbox.letters(person.email)[0])
    assert found
    _type(walker, "Code", found.group(), then="Enter")
    walker.sees_heading("Protect your account")
    _press(walker, walker.link("Not now: report a concern"))
    walker.sees_heading("Report a concern or make a request")
    _press(walker, walker.button("Urgent: short form"))
    _fill_in_urgent_form(walker)
    _press(walker, walker.button("Send urgent report"))
    walker.arrive().sees_heading("Report sent").reference()


def _fill_in_urgent_form(walker: Walker) -> None:
    walker.arrive().sees_heading("Urgent report")
    for question in form_of("avonmere").section("urgent").questions:
        label = question.label["en"]
        if question.not_known or question.options:
            group = walker.page.get_by_role("group", name=label, exact=True)
            _tab_to(walker, group.get_by_role("radio").first)
            walker.page.keyboard.press("Space")
            label = "Your answer"
            if question.options:
                continue
            _tab_to(walker, group.get_by_label(label, exact=True))
            walker.page.keyboard.type("In my office")
        else:
            _type(walker, label, "01632 960300" if question.type == "tel" else "She cannot go home.")


def _tab_to(walker: Walker, target: Locator) -> None:
    """Tab until the target has the focus, which must show."""
    for _ in range(FURTHEST):
        walker.page.keyboard.press("Tab")
        if target.evaluate(FOCUSED):
            assert walker.page.evaluate(RINGED) != "nonenone", "the focus does not show"
            return
    raise AssertionError(f"Tab never comes to {target}")


def _press(walker: Walker, target: Locator) -> None:
    _tab_to(walker, target)
    with walker.page.expect_navigation():
        walker.page.keyboard.press("Enter")


def _type(walker: Walker, label: str, text: str, then: str = "") -> None:
    _tab_to(walker, walker.page.get_by_label(label, exact=True))
    walker.page.keyboard.type(text)
    if then:
        with walker.page.expect_navigation():
            walker.page.keyboard.press(then)
