"""A screener copies a decided report into the case system, with and without scripts, and says under which number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect
from psycopg.types.json import Jsonb

from portal.kernel.scope import Council
from portal.tenants import resolve
from tests.handover.making import make_case
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}
Admin = psycopg.Connection[tuple[object, ...]]


@pytest.mark.usefixtures("as_it_was")
def test_given_a_decision_when_a_screener_copies_it_then_it_counts_as_handed_over(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], admin: Admin
) -> None:
    said: dict[str, Any] = {"hand_over": {"how": "copy"}}
    admin.execute("update council set settings = settings || %s", (Jsonb(said),))
    resolve.forget()
    case = make_case(council_named("glan-yr-afon"), "copy")
    case.decide()
    screener = walk(case.council, case.screener, viewport=NARROW)
    screener.open(f"/screening/{case.made.reference}").follow("Hand-over to the case system")
    expect(screener.page.get_by_role("button", name="Copy Reference")).to_be_visible()
    screener.press("I have copied it into the case system").sees("Enter the record number in the case system")
    screener.page.get_by_label("Record number in the case system").fill("CON/2026-77")
    screener.press("I have copied it into the case system").sees("Record number CON/2026-77")
    screener.open("/hand-over?tab=delivered").sees(case.made.reference)
