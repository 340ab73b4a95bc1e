"""A decision for early help: a screener chooses the team, the team accepts and closes, the referrer reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.kernel.scope import Council
from tests.earlyhelp.making import Case
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
NARROW = {"width": 320, "height": 640}


def test_given_a_decision_for_early_help_when_a_team_takes_it_on_then_the_referrer_reads_so(
    walk: Callable[..., Walker], council_named: Callable[[str], Council]
) -> None:
    case = Case(council_named("glan-yr-afon")).decide()
    reference = case.made.reference
    screener = walk(case.council, case.screener)
    screener.open(f"/screening/{reference}").sees("Not yet offered to a team").follow("Early help")
    screener.choose("Families First: south team").fill("What the team should know (optional)", "Ring before noon.")
    screener.press("Offer it").sees("Answer due by")

    worker = walk(case.council, case.worker, viewport=NARROW)
    worker.open("/early-help").follow(reference).sees("Ring before noon.").does_not_see("CNRY because")
    worker.press("Decline").press("Decline").sees("Choose one of the list")
    worker.open(f"/early-help/{reference}").press("Accept").press("Accept").sees("Accepted")

    teacher = walk(case.council, case.author, viewport=NARROW)
    teacher.open(f"/referrals/{reference}").sees("Families First: south team has accepted this")
    worker.press("Close").choose("The family has what it needed")
    worker.fill("In your own words", "Mornings are calm.").press("Close").sees(reference)
    teacher.open(f"/referrals/{reference}").sees("has closed its work").does_not_see("Mornings are calm.")
    screener.open(f"/screening/{reference}/early-help").sees("Mornings are calm.")
