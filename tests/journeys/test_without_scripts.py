"""Everything in a browser that runs no scripts: a waiting teacher's urgent report, and a full one."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import expect

from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.answering import answer, answer_section, answer_triage
from tests.journeys.conftest import form_of
from tests.journeys.scenarios import scenario
from tests.journeys.story import BORN, SECTIONS
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
Walk = Callable[..., Walker]
CouncilNamed = Callable[[str], Council]
URGENT = {
    "ref_phone": "01632 960300", "child_name": "Siân O'Brien", "cfc_child_now": "In my office",
    "sos_what_happened": "She says she cannot go home.", "ref_phoned": "no",
}  # fmt: skip


def test_given_a_waiting_teacher_when_she_clicks_send_twice_then_one_urgent_report_and_only_its_receipt(
    walk: Walk, council_named: CouncilNamed, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    council = council_named("avonmere")
    teacher = walk(council, make_person(council, state="pending"), java_script_enabled=False)
    teacher.open("/report").press("Urgent: short form").sees_heading("Urgent report")
    for question in form_of("avonmere").section("urgent").questions:
        answer(teacher, question, URGENT[question.key])
    teacher.button("Send urgent report").dblclick()
    # Of two answers the browser throws one away: only where it ends is asked.
    expect(teacher.page).to_have_url(re.compile(r"/receipt$"))
    reference = teacher.arrive().sees_heading("Report sent").reference()
    assert admin.execute("select reference from referral where state <> 'draft'").fetchall() == [(reference,)]
    teacher.sees(council.settings.phones.hub.number).does_not_see("Siân")
    for path in ("/referrals", f"/referrals/{reference}"):
        teacher.page.goto(f"/avonmere{path}")
        teacher.does_not_see("Siân").sees_heading("You cannot see this page")


def test_given_no_scripts_when_a_referrer_answers_everything_then_the_report_is_sent(
    walk: Walk, council_named: CouncilNamed, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    council, form = council_named("avonmere"), form_of("avonmere")
    teacher = walk(council, make_person(council), java_script_enabled=False)
    teacher.open("/report").press("Start a report")
    answer_triage(teacher, form, scenario("avonmere", "EARLY_HELP")["answers"])
    teacher.press("Continue to the report")
    for section in form.sections:
        if not teacher.link(say(section.title, "en")).count():
            continue  # about a category of concern that was not chosen
        teacher.follow(say(section.title, "en"))
        if section.repeat is None or section.repeat.min:
            answer_section(teacher, section, {**SECTIONS, **BORN})
        if section.repeat:
            teacher.press("Continue" if section.repeat.min else "Continue without adding any")
    teacher.press("Check your answers").button("Send report").dblclick()
    # Of two answers the browser throws one away: only where it ends is asked.
    expect(teacher.page).to_have_url(re.compile(r"/receipt$"))
    reference = teacher.arrive().sees_heading("Report sent").reference()
    assert admin.execute("select reference from referral").fetchall() == [(reference,)]
    teacher.press("See this report").sees("Siân").sees("Does dim bwyd")
