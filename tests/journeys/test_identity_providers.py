"""An administrator sets up the council's own sign-in, a social worker uses it, and switching it off signs them out."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from portal.adapters import identity, ports
from portal.kernel.scope import Council
from tests.auth.identity_provider import CLIENT, SECRET, running
from tests.factories.people import make_person
from tests.journeys.walking import Walker

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("as_it_was")]
NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize(("slug", "language"), [("avonmere", "en"), ("glan-yr-afon", "cy")])
def test_given_an_administrator_when_a_provider_is_set_up_then_it_signs_people_in_until_it_is_switched_off(
    walk: Callable[..., Walker],
    council_named: Callable[[str], Council],
    admin: psycopg.Connection[tuple[object, ...]],
    slug: str,
    language: str,
) -> None:
    ports.use_identities(identity.OverHttp(local=True))
    council = council_named(slug)
    person = make_person(council, role="council_admin")
    with running() as fake:
        walker = walk(council, person, language=language, viewport=NARROW)
        walker.open("/council").follow("Who signs people in for you").press("Add a provider")
        walker.press("Save")
        walker.sees(walker.say("Enter the issuer"))
        for label, value in {
            "Name of the organisation in English": "Riverside sign-in",
            "Issuer": fake.issuer,
            "Client ID": CLIENT,
        }.items():
            walker.fill(label, value)
        if "cy" in council.languages:
            walker.fill("Name of the organisation in Welsh", "Mewngofnodi Glan yr Afon")
        said = "Its answer says so each time"
        walker.page.get_by_label(walker.say(said)).check()
        walker.fill("Which values of amr or acr say so?", "mfa")
        walker.press("Save").sees(walker.say("First set the secret, and check it: the check must be good."))
        walker.follow("Set the secret").fill("Client secret", SECRET).press("Set the secret")
        walker.sees(walker.say("The secret is set. It is not shown again."))
        walker.press("Check it").sees(walker.say("The check is good."))
        walker.press("Switch on").sees(walker.say("Signs people in"))
        button = walker.say(
            "Sign in with %(organisation)s",
            organisation="Riverside sign-in" if language == "en" else "Mewngofnodi Glan yr Afon",
        )
        visitor = walk(council, language=language)
        visitor.open("/sign-in")
        assert visitor.page.get_by_role("button", name=button).count() == 1
        walker.press("Switch off").sees(walker.say("Switched off."))
        visitor.open("/sign-in")
        assert visitor.page.get_by_role("button", name=button).count() == 0
    what = admin.execute(
        "select detail ->> 'what' from audit_event where event = 'tenants.sign_on_changed' order by at"
    )
    assert [row[0] for row in what] == ["added", "secret_set", "checked", "switched_on", "switched_off"]
