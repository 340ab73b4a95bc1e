"""A forgotten password, in Welsh, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from portal.auth import passwords
from portal.kernel.scope import Council
from tests.auth.walking import PASSWORD
from tests.factories.apps import account_of, app_code, give_app
from tests.factories.people import make_person
from tests.journeys.conftest import OutboxPage
from tests.journeys.walking import Walker

Admin = psycopg.Connection[tuple[object, ...]]
pytestmark = pytest.mark.journey
EMAIL = "s.jones@enghraifft.glanyrafon.sch.uk"
NEW = "lantern gravel moth seventeen"


def test_given_a_forgotten_password_when_mailbox_and_app_are_proved_then_a_new_one_signs_in(
    walk: Callable[..., Walker], council_named: Callable[[str], Council], outbox: OutboxPage, admin: Admin
) -> None:
    council = council_named("glan-yr-afon")
    person = make_person(council, agency="ysgol-enghraifft", email=EMAIL, name="Siân O'Brien")
    admin.execute(
        "update account set password_hash = %s where id = %s", (passwords.hashed(PASSWORD), person.account_id)
    )
    give_app(person.account_id)
    sian = walk(council, language="cy").open("/sign-in").follow("I have forgotten my password")
    sian.fill("Email address", EMAIL).press("Continue").enter_code(outbox, EMAIL)
    sian.sees_heading("Show that it is you")
    sian.fill("Code from your app", app_code(account_of(EMAIL))).press("Continue")
    sian.fill("Choose a password", NEW).press("Change password")
    sian.sees_heading("Sign in").sees(sian.say("Your password has changed. You can sign in with it now."))
    sian.fill("Email address", EMAIL).fill("Password", NEW).press("Continue")
    sian.sees_heading("Enter the code from your app")
