"""Test mode and what-if in a browser: each council, without scripts, by keyboard, at 320 pixels, in Welsh."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from playwright.sync_api import expect

from portal.forms.queries.drafts import Draft
from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import Person, make_person
from tests.factories.referrals import make_referral
from tests.forms.designing import begin
from tests.journeys.answering import answer, answer_section, answer_triage
from tests.journeys.conftest import form_of
from tests.journeys.scenarios import scenario
from tests.journeys.story import BORN, SECTIONS
from tests.journeys.test_without_scripts import URGENT
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
CouncilNamed = Callable[[str], Council]
Admin = psycopg.Connection[tuple[object, ...]]
BANNER = "Test: nothing is sent"


@pytest.mark.parametrize(
    ("slug", "language", "scripts"), [("avonmere", "en", False), ("avonmere", "en", True), ("glan-yr-afon", "cy", True)]
)
def test_given_a_designer_when_the_whole_form_is_tried_then_every_page_is_marked_and_nothing_is_sent(
    walk: Walk, council_named: CouncilNamed, admin: Admin, slug: str, language: str, scripts: bool
) -> None:
    council, form = council_named(slug), form_of(slug)
    designer = make_person(council, role="form_designer", language=language)
    draft = begin(designer)
    walker = walk(council, designer, language=language, java_script_enabled=scripts)
    walker.open(f"/forms/drafts/{draft.id}").follow("Try this draft as a referrer meets it")
    walker.choose("The full form, in Welsh" if language == "cy" else "The full form, in English")
    walker.press("Start the test").sees(walker.say(BANNER))
    answer_triage(walker, form, scenario(slug, "EARLY_HELP")["answers"])
    walker.press("Continue to the report")
    for section in form.sections:
        if not walker.link(say(section.title, language)).count():
            continue  # about a category of concern that was not chosen
        walker.sees(walker.say(BANNER)).follow(say(section.title, language))
        if section.repeat is None or section.repeat.min:
            answer_section(walker, section, {**SECTIONS, **BORN})
        if section.repeat:
            walker.press("Continue" if section.repeat.min else "Continue without adding any")
    walker.press("Check your answers").sees(walker.say(BANNER)).press("Send report")
    walker.sees_heading("Report sent").sees("TEST").sees(walker.say(BANNER))
    walker.press("As the council would see it").sees("Siân").sees("Does dim bwyd").sees(walker.say(BANNER))
    assert admin.execute("select count(*) from referral").fetchone() == (0,)
    assert admin.execute("select count(*) from notice").fetchone() == (0,)


def test_given_the_short_form_when_it_is_tried_then_it_can_be_deleted(
    walk: Walk, council_named: CouncilNamed, admin: Admin
) -> None:
    council = council_named("avonmere")
    walker = walk(council, make_person(council, role="council_admin"))
    walker.open("/forms/try").follow("Cause for concern").choose("The urgent short form, in English")
    walker.press("Start the test").sees_heading("Urgent report").sees(BANNER)
    for question in form_of("avonmere").section("urgent").questions:
        answer(walker, question, URGENT[question.key])
    walker.press("Send urgent report").sees_heading("Report sent").sees("TEST")
    walker.follow("Delete this test").press("Delete the test").sees_heading("Your tests")
    assert admin.execute("select count(*) from form_trial").fetchone() == (0,)


def hub_instead_of_advice(content: dict[str, Any]) -> None:
    content["thresholds"]["rules"][-1]["route"] = "MASH"


def asked(person: Person, teacher: Person) -> Draft:
    """A draft that changes some routes, and reports to run it over."""
    for _ in range(6):
        make_referral(teacher.council, teacher, route="ADVICE", triage={})
    for _ in range(3):
        make_referral(teacher.council, teacher, route="EARLY_HELP", triage={})
    return begin(person, change=hub_instead_of_advice)


@pytest.mark.parametrize(("slug", "language"), [("avonmere", "en"), ("glan-yr-afon", "cy")])
def test_given_past_reports_when_what_if_is_asked_then_its_progress_and_its_picture_are_shown(
    walk: Walk, council_named: CouncilNamed, run_jobs: Callable[[], None], slug: str, language: str
) -> None:
    council = council_named(slug)
    designer = make_person(council, role="form_designer", language=language)
    draft = asked(designer, make_person(council))
    walker = walk(council, designer, language=language)
    walker.open(f"/forms/drafts/{draft.id}").follow("What if past reports met this draft")
    walker.choose("All reports").press("Run it")
    expect(walker.page.get_by_role("progressbar")).to_have_count(1)
    run_jobs()
    # The script notices by itself.
    expect(walker.page.get_by_role("img", name=walker.say("How reports move between routes"))).to_be_visible()
    walker.arrive()
    rows = walker.page.locator("main table tbody tr")
    expect(rows.filter(has_text=walker.say("Goes up")).first).to_be_visible()
    expect(rows.filter(has_text=walker.say("Goes down"))).to_have_count(0)
    expect(walker.page.locator("main .app-reference")).to_have_count(0)


def test_given_no_scripts_when_a_practice_manager_asks_what_if_then_the_changed_reports_are_opened(
    walk: Walk, council_named: CouncilNamed, run_jobs: Callable[[], None], admin: Admin
) -> None:
    council = council_named("avonmere")
    manager, designer = make_person(council, role="practice_manager"), make_person(council, role="form_designer")
    draft = asked(designer, make_person(council))
    walker = walk(council, manager, java_script_enabled=False)
    walker.open(f"/forms/drafts/{draft.id}/what-if").press("Run it")
    run_jobs()
    walker.follow("See how far it is now").sees("of 9 reports change route")
    before = admin.execute("select count(*) from audit_event where event = 'referrals.read'").fetchone()
    walker.page.locator("main .app-reference").first.click()
    walker.arrive()
    expect(walker.page).to_have_url(re.compile(r"/screening/"))
    after = admin.execute("select count(*) from audit_event where event = 'referrals.read'").fetchone()
    assert before == (0,)
    assert after == (1,)


def test_given_only_a_keyboard_when_what_if_is_asked_then_it_runs(
    walk: Walk, council_named: CouncilNamed, run_jobs: Callable[[], None]
) -> None:
    council = council_named("avonmere")
    designer = make_person(council, role="form_designer")
    draft = asked(designer, make_person(council))
    walker = walk(council, designer).open(f"/forms/drafts/{draft.id}/what-if")
    walker.page.get_by_label(walker.say("Reports of the last 12 months")).focus()
    walker.page.keyboard.press("ArrowUp")
    expect(walker.page.get_by_label(walker.say("Reports of the last 3 months"))).to_be_checked()
    walker.page.keyboard.press("Tab")
    walker.page.keyboard.press("Enter")
    expect(walker.page.get_by_role("progressbar")).to_have_count(1)
    run_jobs()
    expect(walker.page.get_by_role("heading", name="reports change route")).to_be_visible()
