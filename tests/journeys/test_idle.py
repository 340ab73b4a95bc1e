"""The warning before an idle session ends: by keyboard, and not while another tab is in use."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
IDLE = "update account_session set seen_at = seen_at - interval '28 minutes 5 seconds' returning seen_at"


def test_given_somebody_idle_when_the_warning_comes_then_enter_keeps_them_signed_in(
    walk: Callable[..., Walker],
    council_named: Callable[[str], Council],
    admin: psycopg.Connection[tuple[object, ...]],
    axe: Callable[..., None],
) -> None:
    council = council_named("glan-yr-afon")
    somebody = walk(council, make_person(council), language="cy")
    page = somebody.page
    page.clock.install()
    somebody.open("/account")
    dialog = page.get_by_role("dialog", name=somebody.say("You will be signed out soon"))
    _later(page)
    expect(dialog).to_have_count(0)  # another tab was used meanwhile, as far as the server knows
    before = admin.execute(IDLE.encode()).fetchone()
    _later(page)
    expect(dialog).to_be_visible()
    axe(page)
    expect(somebody.button(somebody.say("Stay signed in"))).to_be_focused()
    with page.expect_response("**/account/stay") as answered:
        page.keyboard.press("Enter")
    assert answered.value.ok
    expect(dialog).to_have_count(0)
    after = admin.execute(b"select seen_at from account_session").fetchone()
    assert before
    assert after
    assert str(after[0]) > str(before[0])


def _later(page: Page) -> None:
    """28 minutes by the page's clock, and its question to the server answered: the answer sets the next alarm."""
    with page.expect_response("**/account/idle") as answered:
        page.clock.run_for(28 * 60 * 1000 + 1000)
    answered.value.finished()
