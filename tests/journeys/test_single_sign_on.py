"""A social worker signs in through the council's own provider, a real one, and out again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from portal.auth.commands import sign_on
from portal.auth.queries import providers
from portal.kernel import db, scope
from portal.kernel.scope import Scope
from portal.tenants import resolve
from tests.fixtures.identity import SECRET
from tests.journeys.conftest import OutboxPage
from tests.journeys.walking import Walker

pytestmark = pytest.mark.journey
ADDRESS = "sian@avonmere.gov.uk"


def go_there(walker: Walker, organisation: str) -> None:
    """The button, and the provider's own two pages: who, and yes."""
    walker.button(walker.say("Sign in with %(organisation)s", organisation=organisation)).click()
    walker.page.get_by_placeholder("Enter any login").fill("sian+MASH")
    walker.page.get_by_placeholder("and password").fill("anything")
    walker.page.get_by_role("button", name="Sign-in").click()
    walker.page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_screener_comes_through_the_council(
    walk: Callable[..., Walker],
    knows_provider: Callable[..., None],
    real_provider: str,
    outbox: OutboxPage,
    language: str,
) -> None:
    """Once with a code for the address, later with one press of a button; the group gives the holding area."""
    knows_provider(
        "avonmere",
        {
            "key": "staff",
            "name": {"en": "Avonmere Council", "cy": "Cyngor Avonmere"},
            "issuer": real_provider,
            "client_id": "portal",
            "second_step": ["trusted"],
            "roles": {"claim": "groups", "give": [{"group": "MASH", "role": "screener"}]},
        },
    )
    avonmere = resolve.by_slug("avonmere")
    with db.unit_of_work(Scope(avonmere, scope.SYSTEM)):
        sign_on.set_secret(providers.named("staff"), SECRET)
    walker = walk(avonmere, language=language)
    organisation = {"en": "Avonmere Council", "cy": "Cyngor Avonmere"}[language]
    walker.open("/sign-in")
    go_there(walker, organisation)
    walker.arrive().sees_heading("Sign in with %(organisation)s", organisation=organisation)
    walker.follow("Create an account").fill("Your job title", "Social worker").press("Continue")
    walker.enter_code(outbox, ADDRESS)
    walker.sees_heading("Holding area")
    walker.press("Sign out").sees_heading("You have signed out of this service")
    walker.page.get_by_role("button", name=re.compile(organisation)).click()
    walker.page.get_by_role("button", name=re.compile("Yes, sign me out")).click()
    walker.page.wait_for_url(re.compile("/avonmere/sign-in"))
    walker.arrive()
    go_there(walker, organisation)
    walker.arrive().sees_heading("Holding area")
    # Signing out there, in another tab: the provider tells the portal, and the page here is over.
    other = walker.page.context.new_page()
    other.goto(f"{real_provider}/session/end")
    other.get_by_role("button", name=re.compile("Yes, sign me out")).click()
    other.wait_for_url(re.compile("/session/end/success"))
    walker.open("/holding-area").sees_heading("Sign in")
