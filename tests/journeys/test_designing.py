"""A council changes its own form with four eyes, while a referrer's open draft keeps the old words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from portal.forms.questionnaire import Form
from portal.forms.schema import parse_form
from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.forms.designing import read
from tests.journeys.answering import answer_triage
from tests.journeys.conftest import form_of
from tests.journeys.scenarios import scenario
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
NEW = {"en": "Does everybody with parental responsibility agree?", "cy": "A yw pawb â chyfrifoldeb rhiant yn cytuno?"}
LANGUAGES = {"avonmere": "en", "glan-yr-afon": "cy"}


def _consent(content: dict[str, Any]) -> dict[str, Any]:
    """The question about the family's consent, in a form's document."""
    questions = [one for page in content["form"]["triage"]["pages"] for one in page["questions"]]
    return next(one for one in questions if one.get("fact") == "consent.family")


def _reword(designer: Walker, old: str, languages: tuple[str, ...]) -> None:
    """Change the question's words in every language of the council, on the designer's own pages."""
    designer.follow("Questions").follow("Open every part").page.get_by_role("link", name=old, exact=True).click()
    for language in languages:
        designer.page.locator(f"[name='label-{language}']").fill(NEW[language])
    designer.press("Save").sees(NEW[designer.language])


def _consent_page(form: Form) -> str:
    """The key of the triage page that asks for consent."""
    return next(page.key for page in form.triage for one in page.questions if one.fact == "consent.family")


def _begin(walker: Walker, form: Form, slug: str) -> str:
    """Answer the first questions up to the route; returns the address of the report."""
    walker.open("/report").press("Start a report")
    answer_triage(walker, form, scenario(slug, "EARLY_HELP")["answers"])
    return walker.page.url.partition(f"/{slug}")[2].removesuffix("/route")


@pytest.mark.parametrize("slug", LANGUAGES)
def test_given_an_open_draft_when_two_people_publish_then_only_the_next_referrer_meets_the_new_words(
    walk: Callable[..., Walker],
    council_named: Callable[[str], Council],
    run_jobs: Callable[[], None],
    slug: str,
) -> None:
    council, language, form = council_named(slug), LANGUAGES[slug], form_of(slug)
    old = say(next(one.label for one in form.triage_questions() if one.fact == "consent.family"), language)
    early = walk(council, make_person(council, language=language), language=language)
    report = _begin(early, form, slug)

    author = make_person(council, role="form_designer", name="Ffion Gwilym", language=language)
    designer = walk(council, author, language=language, java_script_enabled=False)
    family = designer.say("Cause for concern")
    designer.open("/forms").press("Start a draft of %(form)s", form=family)
    place = designer.page.url.partition(f"/{slug}")[2]
    _reword(designer, old, council.languages)
    draft = read(author, UUID(place.rsplit("/", 1)[1]))
    designer.open(place).follow("Proof").press("Run the proof").sees(designer.say("Waiting to run"))
    run_jobs()
    designer.follow("Look again").sees(designer.say("Holds"))
    expect(designer.page.get_by_text(designer.say("Does not hold"))).to_have_count(0)
    designer.follow("Back to the draft").follow("Scenarios").press("Run all scenarios")
    expect(designer.page.get_by_text(designer.say("Failed"), exact=True)).to_have_count(0)
    designer.open(place).follow("Submit to a second person").fill("What changes, and why?", "The new duty")
    designer.press("Submit").follow("Review and publish").sees(NEW[language])
    expect(designer.button(designer.say("Approve and publish"))).to_have_count(0)

    manager = walk(council, make_person(council, role="practice_manager", language=language), language=language)
    manager.open(f"{place}/review").sees(old).sees(NEW[language]).sees("The new duty")
    manager.press("Approve and publish").sees("Ffion Gwilym")

    page = _consent_page(form)
    late = walk(council, make_person(council, language=language), language=language)
    _begin(late, parse_form(draft.content["form"]), slug)
    late.open(f"{late.page.url.partition(f'/{slug}')[2].removesuffix('/route')}/questions/{page}").sees(NEW[language])
    early.open(f"{report}/questions/{page}").sees(old).does_not_see(NEW[language])
