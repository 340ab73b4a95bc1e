"""The pages in a real browser: nothing that axe-core finds, nothing wider than 320 pixels, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.factories.people import make_person, sign_in
from tests.fixtures.councils import Councils
from tests.referrals.making import make_draft, send_draft


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_is_accessible_and_narrow(
    page: Page,
    client: FlaskClient,
    councils: Councils,
    live: str,
    *,
    axe: Callable[[Page], None],
    narrow: Callable[[Page], None],
    language: str,
) -> None:
    teacher = make_person(councils.wales, name="Siân ferch Llŷr O'Brien", language=language)
    page.context.add_cookies([{"name": "session", "value": sign_in(client, teacher), "url": live}])
    draft, empty = make_draft(teacher, a_danger_now="no"), make_draft(teacher, with_sections=False)
    reference = send_draft(teacher, make_draft(teacher))
    started = f"/report/{draft}"
    for path in (
        "/report", f"{started}/questions", f"{started}/route", started, f"{started}/section/referrer",
        f"{started}/several/children", f"{started}/several/children/0", f"{started}/several/children/0/remove",
        f"{started}/check", f"/report/{empty}", f"/report/{empty}/check", f"{started}/delete",
        "/report/urgent", "/referrals", f"/referrals/{reference}", f"/referrals/{reference}/receipt",
        f"/referrals/{reference}/withdraw",
    ):  # fmt: skip
        seen: Any = page.goto(f"{live}/glan-yr-afon{path}")
        assert seen.status == 200, path
        axe(page)
        narrow(page)
    page.goto(f"{live}/glan-yr-afon/report/urgent")
    page.locator("main form button").click()
    assert page.locator(".govuk-error-summary li").count() == 5
    axe(page)
    narrow(page)
