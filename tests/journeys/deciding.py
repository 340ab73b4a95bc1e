"""A screener says on what a decision stands, in a browser."""

from __future__ import annotations

from portal.kernel.language import say
from tests.journeys.walking import Walker


def choose_outcome(screener: Walker) -> Walker:
    """From the report's page to the sheet of the council's first outcome."""
    outcome = screener.council.settings.outcomes[0]
    screener.press("Record the outcome")
    screener.page.get_by_label(say(outcome.label, screener.language), exact=True).check()
    return screener.press("Continue")


def say_why(screener: Walker, rationale: str) -> Walker:
    """The rationale, a reason, the need where the nation counts it, who was consulted, and consent."""
    outcome, council = screener.council.settings.outcomes[0], screener.council
    reason = council.settings.deciding[outcome.key].reasons[0]
    screener.fill("Why is this the outcome?", rationale)
    screener.page.get_by_label(say(reason.label, screener.language), exact=True).check()
    if council.nation == "england":
        screener.page.get_by_label(screener.say("Primary need"), exact=True).select_option("N1")
    screener.press("Add another person").fill("If nobody was consulted, why not?", "Everything was clear.")
    screener.page.get_by_label(screener.say("Consent was given"), exact=True).check()
    return screener
