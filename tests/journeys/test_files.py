"""Files on a draft in a browser: without scripts several at once, with scripts in parts over a line that breaks off."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect

from portal.kernel.scope import Council
from portal.referrals.commands import attaching
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.journeys.walking import Walker
from tests.referrals.making import make_draft, send_draft

pytestmark = pytest.mark.journey
MACROS: FilePayload = {"name": "macro.docm", "mimeType": "", "buffer": b"PK"}
NARROW = {"width": 320, "height": 640}


def picture(name: str, colour: int, side: int = 40) -> FilePayload:
    """A picture of one colour; a larger side makes a larger file, because its noise does not compress."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").point(lambda one: one ^ colour).save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def throttle(page: Page) -> None:
    """A slow line: 400 kB/s each way and 150 ms to the server."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits: dict[str, Any] = {"offline": False, "latency": 150, "downloadThroughput": 4e5, "uploadThroughput": 4e5}
    session.send("Network.emulateNetworkConditions", limits)


def test_given_a_slow_line_that_breaks_off_when_files_are_attached_then_they_arrive_and_are_sent(
    walk: Callable[..., Walker],
    council_named: Callable[[str], Council],
    admin: psycopg.Connection[tuple[object, ...]],
) -> None:
    council = council_named("glan-yr-afon")
    teacher = make_person(council, name="Siân O'Brien")
    draft = make_draft(teacher)

    plain = walk(council, teacher, java_script_enabled=False, viewport=NARROW)
    plain.open(f"/report/{draft}").follow("Add files").sees("up to 25 MB")
    plain.page.locator("input[type=file]").set_input_files([picture("Siân's drawing.png", 1), picture("李.png", 2)])
    plain.press("Attach").sees("2 files attached").sees("Siân's drawing.png").sees("李.png")

    scripted = walk(council, teacher, language="cy")
    scripted.open(f"/report/{draft}/files")
    page, lost = scripted.page, list[str]()

    def lose(route: Route) -> None:
        # The second part never arrives, twice; then the line is back.
        if (
            len(lost) < 2
            and route.request.method == "POST"
            and b'name="number"\r\n\r\n1\r\n' in (route.request.post_data_buffer or b"")
        ):
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/parts", lose)
    throttle(page)
    long = picture("llun.png", 3, 800)
    assert len(long["buffer"]) > attaching.PART
    page.locator("input[type=file]").set_input_files([long, MACROS])
    expect(page.get_by_role("progressbar", name="llun.png")).to_be_visible()
    expect(page.locator("[data-attached]")).to_contain_text("llun.png", timeout=60_000)
    expect(page.locator(".app-sending")).to_contain_text("Mae macros yn y ffeil hon")
    expect(page.locator(".app-sending")).not_to_contain_text("llun.png")
    assert len(lost) == 2
    scripted.arrive()

    reference = send_draft(teacher, draft)
    admin.execute("update stored_file set state = 'ready' where state = 'checking'")
    scripted.open(f"/referrals/{reference}")
    with page.expect_download() as download:
        page.get_by_role("link", name="llun.png", exact=True).click()
    assert download.value.suggested_filename == "llun.png"
    assert download.value.path().read_bytes() == long["buffer"]


def test_given_a_file_on_its_way_when_it_is_cancelled_then_nothing_of_it_stays(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("avonmere")
    teacher = make_person(council)
    draft = make_draft(teacher)
    walker = walk(council, teacher, viewport=NARROW)
    walker.open(f"/report/{draft}/files")
    walker.page.route("**/parts", lambda route: route.abort("connectionreset"))
    walker.page.locator("input[type=file]").set_input_files([picture("drawing.png", 1)])
    expect(walker.page.locator(".app-sending")).to_contain_text("No connection: it goes on by itself")
    walker.page.keyboard.press("Tab")
    cancel = walker.page.get_by_role("button", name="Cancel drawing.png")
    cancel.focus()
    with walker.page.expect_response("**/remove"):
        walker.page.keyboard.press("Enter")
    expect(walker.page.get_by_role("status")).to_have_text("Cancelled: drawing.png")
    walker.open(f"/report/{draft}/files").does_not_see("drawing.png")


def test_given_a_sent_report_when_files_are_sent_with_words_then_both_sides_find_them_together(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    council = council_named("glan-yr-afon")
    teacher = make_person(council)
    made = make_referral(council, teacher)
    plain = walk(council, teacher, java_script_enabled=False, viewport=NARROW)
    scripted = walk(council, teacher, viewport=NARROW)
    plain.open(f"/referrals/{made.reference}").follow("Add information")
    plain.page.get_by_label("What do you want to add?").fill("She drew this today")
    field = plain.page.get_by_label("Attach files (optional)")
    field.set_input_files([MACROS, picture("today.png", 4)])
    plain.press("Send to the council").sees("macro.docm: This file has macros in it").sees("Nothing was sent yet")
    expect(plain.page.get_by_label("What do you want to add?")).to_have_value("She drew this today")
    field.set_input_files([picture("today.png", 4)])
    plain.press("Send to the council").sees("What you added was sent to the council").sees("today.png (Being checked)")
    field = scripted.open(f"/referrals/{made.reference}/add").page.locator("input[type=file]")
    large: FilePayload = {"name": "李.txt", "mimeType": "text/plain", "buffer": b"x" * (25 * 2**20 + 1)}
    field.set_input_files([large])
    told = scripted.page.get_by_role("alert").filter(has_text="李.txt: This file is larger than 25 MB")
    expect(told).to_be_visible()
    field.set_input_files([picture("small.png", 5)])
    expect(told).to_have_count(0)
    screener = walk(council, make_person(council, role="screener"))
    screener.open(f"/screening/{made.reference}").follow("Came with a message (today.png)")
    expect(screener.page.locator(":target")).to_contain_text("She drew this today")
    screener.arrive()
