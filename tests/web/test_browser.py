"""The page of every pattern in a real browser: axe, 320 pixels, the content security policy, the small scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("path", ["/sink", "/sink?wrong=1", "/fail/unavailable", "/fail/not-found"])
def test_pages_pass_axe_and_fit_320_pixels(
    sink: Page, path: str, axe: Callable[[Page], None], narrow: Callable[[Page], None]
) -> None:
    for language in ("en", "cy"):
        sink.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        axe(sink)
        narrow(sink)


def test_error_summary_takes_the_focus_and_leads_to_the_field(sink: Page) -> None:
    sink.goto("/sink?wrong=1")
    expect(sink.locator(".govuk-error-summary")).to_be_focused()
    sink.get_by_role("link", name="Enter a real date of birth").click()
    expect(sink.locator("#born-month")).to_be_focused()


def test_characters_are_counted_by_code_point(sink: Page) -> None:
    sink.goto("/sink")
    sink.locator("#what").fill("👩‍🏫ŵ")
    expect(sink.locator(".govuk-character-count__status")).to_have_text("You have 7,996 characters remaining")


def test_none_of_these_clears_the_others_and_choices_reveal(sink: Page) -> None:
    sink.goto("/sink")
    expect(sink.get_by_label("A little")).to_be_visible()
    sink.get_by_label("None of these").check()
    expect(sink.get_by_label("Neglect")).not_to_be_checked()
    expect(sink.get_by_label("A little")).to_be_hidden()


def test_a_password_can_be_looked_at(sink: Page) -> None:
    sink.goto("/sink")
    sink.get_by_label("Show password").click()
    expect(sink.locator("#password")).to_have_attribute("type", "text")


SUBMIT_TWICE = """() => {
    const refused = []
    window.addEventListener('submit', (event) => { refused.push(event.defaultPrevented); event.preventDefault() })
    const form = document.querySelector('main form')
    form.requestSubmit()
    form.requestSubmit()
    return refused
}"""


def test_sending_twice_is_refused_where_a_button_asks_for_it(sink: Page) -> None:
    sink.goto("/sink")
    assert sink.evaluate(SUBMIT_TWICE) == [False, True]
    sink.goto("/sink")
    sink.locator("main form button").evaluate_all("all => all.forEach(one => delete one.dataset.preventDoubleClick)")
    assert sink.evaluate(SUBMIT_TWICE) == [False, False]


def test_without_scripts_everything_is_there(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sink")
    expect(page.get_by_text("You can enter up to 8000 characters")).to_be_visible()
    expect(page.get_by_label("A little")).to_be_visible()
    page.get_by_role("link", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    context.close()
