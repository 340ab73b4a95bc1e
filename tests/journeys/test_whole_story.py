"""From registration to outcome, everything clicked: in Avonmere in English, in Glan-yr-Afon in Welsh throughout."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel.language import say, words
from portal.kernel.scope import Council
from tests.journeys.conftest import MailServer, OutboxPage, form_of
from tests.journeys.scenarios import scenario, thresholds_of
from tests.journeys.story import Story
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
# The story looks for these in Welsh: without a catalogue it would look for the English and find it.
HEADINGS = (
    "Tell us that you are worried about a child, or make a request", "Create an account", "Check your email",
    "Waiting for approval", "Sign in", "My reports and requests", "Your report",
    "Check your answers before you send your report",
    "Report sent", "Holding area", "Reference %(reference)s: received",
)  # fmt: skip


def test_in_avonmere_in_english(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], outbox: OutboxPage
) -> None:
    _tell(
        Story(
            walk, council_named("avonmere"), "en", form_of("avonmere"), outbox, scenario("avonmere", "EARLY_HELP"),
            agency="oakfield-primary", address="ffion.llwyd@oakfield.avonmere.sch.uk",
        )
    )  # fmt: skip


def test_in_glan_yr_afon_in_welsh_throughout(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], mail_server: MailServer
) -> None:
    assert not [text for text in HEADINGS if words("cy", text) == text]
    slug = "glan-yr-afon"
    _tell(
        Story(
            walk, council_named(slug), "cy", form_of(slug), mail_server, scenario(slug, "EARLY_HELP"),
            agency="ysgol-enghraifft", address="ffion.llwyd@enghraifft.glanyrafon.sch.uk",
        )
    )  # fmt: skip


def _tell(story: Story) -> None:
    thresholds = thresholds_of(story.council.slug)
    expected = story.scenario["expected"]
    route = say(thresholds.routes[expected["route"]].label, story.language)
    rule = next(one for one in thresholds.rules if one.id == expected["rule"])
    story.given_an_agency_whose_lead_the_council_has_approved()
    story.given_a_teacher_who_chooses_council_and_language_on_the_first_page()
    story.when_she_registers_with_her_work_address()
    story.then_she_waits_and_may_only_send_an_urgent_report()
    story.when_the_lead_approves_her()
    story.when_she_signs_out_and_in_again()
    story.when_she_answers_the_first_questions()
    story.then_she_sees_where_it_goes_and_why(route, say(rule.why, story.language))
    story.when_she_fills_in_some_sections_and_comes_back_later()
    story.when_she_checks_her_answers_and_sends()
    story.then_the_receipt_and_the_email_carry_the_reference_and_no_name()
    story.then_going_back_shows_the_receipt_and_sends_nothing_again()
    story.when_a_screener_opens_it_claims_it_and_asks()
    story.then_she_is_told_reads_it_and_replies()
    story.then_it_is_back_at_the_top_of_the_holding_area()
    story.when_the_screener_decides()
    story.then_she_reads_the_outcome_and_what_happened_when()
