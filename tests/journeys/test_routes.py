"""One of each route of each council's examples through the browser, and "I disagree"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import make_person
from tests.journeys.answering import answer_triage
from tests.journeys.conftest import form_of
from tests.journeys.scenarios import ROUTES, examples, scenario, thresholds_of
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
LANGUAGES = {"avonmere": "en", "glan-yr-afon": "cy"}
Walk = Callable[..., Walker]
CouncilNamed = Callable[[str], Council]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("slug", LANGUAGES)
def test_given_an_example_when_it_is_answered_then_the_route_page_says_what_the_council_expects(
    walk: Walk, council_named: CouncilNamed, slug: str, route: str
) -> None:
    example = scenario(slug, route)
    walker = _answered(walk, council_named(slug), example)
    _sees_what_is_expected(walker, slug, example["expected"])


def test_given_advice_when_the_referrer_disagrees_then_a_person_of_the_council_reads_it(
    walk: Walk, council_named: CouncilNamed
) -> None:
    slug = "avonmere"
    example = next(one for one in examples(slug) if one["expected"]["rule"] == "B90")
    answers = {key: value for key, value in example["answers"].items() if key != "b_override"}
    walker = _answered(walk, council_named(slug), {"answers": answers})
    before = walker.page.get_by_role("heading", level=1).inner_text()
    walker.press("I disagree: take it further")
    assert walker.page.title().startswith("Error: ")
    walker.page.get_by_role("main").get_by_role("textbox").fill("She was afraid to go home on Friday.")
    walker.press("I disagree: take it further")
    _sees_what_is_expected(walker, slug, example["expected"])
    walker.sees("She was afraid to go home on Friday.")
    walker.press("Go back to the route of your answers").sees_heading(before)


def _answered(walk: Walk, council: Council, example: Mapping[str, Any]) -> Walker:
    person = make_person(council, language=LANGUAGES[council.slug])
    walker = walk(council, person, language=LANGUAGES[council.slug])
    walker.open("/report").press("Start a report")
    answer_triage(walker, form_of(council.slug), example["answers"])
    return walker


def _sees_what_is_expected(walker: Walker, slug: str, expected: Mapping[str, Any]) -> None:
    rules, language = thresholds_of(slug), walker.language
    route = rules.routes[expected["route"]]
    walker.sees_heading(say(route.label, language)).sees(say(route.what, language)).sees(say(route.who, language))
    rule = next(one for one in (*rules.rules, *(one.rule for one in rules.overrides)) if one.id == expected["rule"])
    walker.sees(say(rule.why, language))
    if expected["level"] is not None:
        walker.sees(say(rules.levels[expected["level"]], language))
    for key in expected["notices"]:
        walker.sees(say(rules.notices[key], language))
    for key in expected["topics"]:
        expect(walker.link(say(rules.topics[key].title, language))).to_be_visible()
    urgent = walker.page.get_by_role("heading", name=walker.say("If a child is in immediate danger, call 999"))
    expect(urgent).to_have_count(1 if expected["route"] == "MASH_URGENT" else 0)
    if expected["topics"]:
        topic = rules.topics[expected["topics"][0]]
        walker.follow(say(topic.title, language)).sees_heading(say(topic.title, language))
        walker.page.go_back()
