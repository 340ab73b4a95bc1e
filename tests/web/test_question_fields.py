"""Every type of question in a real browser: axe, 320 pixels, the keyboard, with and without the script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("path", ["/questions", "/questions?wrong=1"])
def test_every_question_passes_axe_and_fits_320_pixels(
    sink: Page, path: str, axe: Callable[[Page], None], narrow: Callable[[Page], None]
) -> None:
    for language in ("en", "cy"):
        sink.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        for details in sink.locator(".app-guidance summary").all():
            details.click()
        axe(sink)
        narrow(sink)


def test_the_error_summary_leads_into_every_part(sink: Page) -> None:
    sink.goto("/questions?wrong=1")
    links = sink.locator(".govuk-error-summary a")
    assert links.count() > 5
    for link in links.all():
        target = (link.get_attribute("href") or "")[1:]
        assert sink.locator(f'[id="{target}"]').count() == 1, target
    links.filter(has_text="The home").or_(links.filter(has_text="postcode")).first.click()
    expect(sink.locator("#home-postcode")).to_be_focused()


def test_a_long_list_is_searched_with_the_keyboard(sink: Page, axe: Callable[[Page], None]) -> None:
    sink.goto("/questions?lang=en")
    box = sink.get_by_role("combobox", name="The language")
    box.fill("bengal")
    expect(sink.locator(".app-search__option")).to_have_count(1)
    axe(sink)
    box.press("ArrowDown")
    expect(sink.get_by_role("option", name="Bengali")).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("Bengali")
    expect(sink.get_by_role("listbox")).to_be_hidden()
    box.fill("klingon")
    expect(sink.locator(".app-search [role=status]")).to_have_text("No match in the list")
    box.press("Escape")
    expect(box).to_have_value("Bengali")
    sink.get_by_role("button", name="Save and continue").click()
    expect(sink.locator("#sent-language")).to_have_text("bn")
    expect(sink.get_by_role("combobox", name="The language")).to_have_value("Bengali")


def test_a_list_narrowed_to_nothing_or_emptied_is_no_answer(sink: Page) -> None:
    sink.goto("/questions?lang=en")
    box = sink.get_by_role("combobox", name="The language")
    box.click()
    sink.locator(".app-search__option", has_text="Welsh").click()
    expect(box).to_have_value("Welsh")
    box.fill("")
    box.blur()
    sink.get_by_role("button", name="Save and continue").click()
    expect(sink.locator("#sent-language")).to_have_text("")


def test_without_the_script_the_list_is_a_select(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/questions?lang=cy")
    page.locator("select#language").select_option("Cymraeg")
    page.locator("form button").last.click()
    expect(page.locator("#sent-language")).to_have_text("cy")
    context.close()
