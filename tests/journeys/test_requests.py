"""A request for information and one for a service, through the browser, to the page of the person who reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from portal.forms import folder
from portal.forms.questionnaire import Form
from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.fixtures.councils import FOLDERS
from tests.journeys.answering import answer_section, answer_triage
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
INFORMATION: Mapping[str, Any] = {
    "rfi_purpose": "court", "rfi_danger": "no", "sub_name": {"first": "Siân", "last": "O'Brien"},
    "rfi_when": (1, 6, 2090), "rfi_consent": "no_need",
}  # fmt: skip
SERVICE: Mapping[str, Any] = {
    "rfs_level": "2", "rfs_consent": "yes", "child_first_name": "Siân", "child_last_name": "Llŷr",
}  # fmt: skip


@pytest.mark.parametrize(
    ("slug", "language", "family", "begin", "answers"),
    [
        ("avonmere", "en", "information", "Start a request for information", INFORMATION),
        ("glan-yr-afon", "cy", "service", "Start a request for service", SERVICE),
    ],
)
def test_given_a_request_when_it_is_sent_then_the_council_reads_it_as_a_request(
    walk: Callable[..., Walker],
    council_named: Callable[[str], Council],
    slug: str,
    language: str,
    family: str,
    begin: str,
    answers: Mapping[str, Any],
) -> None:
    council = council_named(slug)
    form = next(one.form for one in folder.load(FOLDERS / slug).families if one.key == family)
    teacher = walk(council, make_person(council), language=language).open("/report").press(begin)
    answer_triage(teacher, form, answers)
    teacher.press("Continue to the request").sees_heading("Your request")
    _fill(teacher, form, answers)
    teacher.press("Check your answers").sees_heading("Check your answers before you send your request")
    teacher.press("Send request").sees_heading("Request sent")
    reference = teacher.reference()
    teacher.press("See this request").sees(reference)
    screener = walk(council, make_person(council, role="screener"), language=language).open("/holding-area")
    screener.follow(reference).sees("Siân").press("Claim this request")
    screener.sees(screener.say("You have claimed this request"))


def _fill(teacher: Walker, form: Form, answers: Mapping[str, Any]) -> None:
    for section in form.sections:
        title = say(section.title, teacher.language)
        if not teacher.link(title).count():
            continue  # another answer opens it
        teacher.follow(title)
        if section.repeat is None or section.repeat.min:
            answer_section(teacher, section, answers)
        while any(part in teacher.page.url for part in ("/several/", "/people/")):
            without = teacher.say("Continue without adding any")
            teacher.press("Continue without adding any" if teacher.button(without).count() else "Continue")
        teacher.sees_heading("Your request")
