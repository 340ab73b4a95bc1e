"""Attached files in a browser: judged by a real scanner, looked at page by page, and gone when they are harmful."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from portal.kernel.scope import Council
from portal.referrals.commands import attaching
from portal.referrals.commands.attaching import Paper, Target
from tests.factories.people import make_person
from tests.factories.referrals import make_referral
from tests.files.making import EICAR, pdf, photograph
from tests.fixtures.scanner import RunningClamd
from tests.journeys.walking import Walker
from tests.referrals.making import acting

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}


def test_given_files_on_a_report_when_they_are_judged_then_a_screener_looks_and_nobody_opens_what_is_harmful(
    walk: Callable[..., Walker],
    council_named: Callable[[str], Council],
    scanning: RunningClamd,
    run_jobs: Callable[[], None],
) -> None:
    council = council_named("glan-yr-afon")
    teacher = make_person(council, name="Siân O'Brien")
    report = make_referral(council, teacher)
    assert teacher.actor.agency_id is not None
    on = Target(report.id, teacher.actor.agency_id, "agency", later=True)
    files = {"Siân.pdf": pdf(pages=2, words="Came in late"), "drawing.jpg": photograph(), "李.txt": EICAR}
    for name, content in files.items():
        with acting(teacher):
            attaching.attach(teacher.actor, on, Paper(name, "", io.BytesIO(content)))

    author = walk(council, teacher, language="cy", viewport=NARROW)
    author.open(f"/referrals/{report.reference}").sees("Yn cael ei gwirio").does_not_see("Edrych arni")
    run_jobs()
    author.open(f"/referrals/{report.reference}").sees("Tynnwyd: niweidiol")

    screener = walk(council, make_person(council, role="screener"))
    screener.open(f"/screening/{report.reference}").sees("Removed: harmful").follow("Look at it Siân.pdf")
    shown = screener.page.locator("img.app-preview")
    expect(shown).to_have_attribute("alt", "Page 1 of Siân.pdf")
    assert shown.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1240
    screener.follow("Next page").sees("Page 2 of 2").follow("Back to the files")
    author.follow("Edrych arni drawing.jpg")
    expect(author.page.locator("img.app-preview")).to_be_visible()
