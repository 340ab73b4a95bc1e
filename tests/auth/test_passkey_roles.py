"""Roles that a council lets in with a passkey or its own single sign-on only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from config.settings import Settings
from portal.auth.queries.whoami import whoami
from portal.auth.sessions import hashed
from portal.kernel import db
from portal.kernel.scope import Council, Scope
from portal.tenants import resolve
from tests.auth.test_passkeys import add, options
from tests.auth.test_sign_in import EMAIL, with_password
from tests.auth.walking import PASSWORD, Walker
from tests.factories import people
from tests.factories.apps import app_code
from tests.factories.passkeys import Device

Admin = psycopg.Connection[tuple[object, ...]]
New = Callable[[], Walker]


@pytest.fixture
def council(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Avonmere, which asks its administrators and its agencies' leads for a passkey."""
    read = resolve._council

    def asking(id_: UUID, slug: str, document: Any) -> Council | None:
        return read(id_, slug, {**document, "sign_in": {"passkey_roles": ["council_admin", "agency_lead"]}})

    monkeypatch.setattr(resolve, "_council", asking)
    resolve.forget()
    yield resolve.by_slug(walker.council.slug)
    resolve.forget()


def with_app(walker: Walker, person: people.Person) -> str:
    """Sign in with the app; where that leads."""
    walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    return walker.where(walker.post("/sign-in/authenticator", {"code": app_code(person.account_id)}))


def test_an_administrator_with_an_app_is_told_how_to_make_a_passkey_and_then_works(
    walker: Walker, new_walker: New, council: Council, admin: Admin, settings: Settings
) -> None:
    person = people.make_person(council, role="council_admin", email=EMAIL)
    with_password(admin, person)
    walker.get("/people")
    assert with_app(walker, person) == "/account/protect"
    page = walker.get("/account/protect").text
    assert "your council asks your role for a passkey" in page
    assert "/account/passkeys/add" in page
    refused = walker.get("/people")
    assert refused.status_code == 403
    assert "You need a passkey to open this" in refused.text
    assert "01632 960210" in refused.text
    assert walker.get("/account").status_code == 200
    device = Device(settings.base_url)
    answer = device.make(options(walker, "/account/passkeys/add"))
    walker.post("/account/passkeys/add", {"credential": answer})
    assert walker.get("/people").status_code == 200
    # The next time the app, and then the passkey on the page that asks for it.
    other = new_walker()
    assert with_app(other, person) == "/account/protect"
    other.post(
        "/account/again/passkey",
        {"credential": device.use(options(other, "/account/protect"))},
        page="/account/protect",
    )
    assert other.get("/people").status_code == 200


@pytest.mark.parametrize(("strength", "reach"), [("totp", ""), ("passkey", "council")])
def test_the_second_wall_says_the_same(council: Council, strength: str, reach: str) -> None:
    person = people.make_person(council, role="council_admin")
    key = people.open_session(person, strength)
    with db.unit_of_work(Scope(council)) as session:
        found = whoami(hashed(key))
        assert found is not None
        assert found.actor is not None
        assert found.actor.reach == reach
        assert session.execute(text("select current_setting('app.reach')")).scalar_one() == reach


def test_a_screener_is_not_asked(walker: Walker, council: Council, admin: Admin) -> None:
    person = people.make_person(council, role="screener", email=EMAIL)
    with_password(admin, person)
    assert with_app(walker, person) == "/account/passkey-offer"
    assert walker.get("/holding-area").status_code == 200


def test_a_lead_with_an_app_still_sends_a_report(walker: Walker, council: Council, admin: Admin) -> None:
    person = people.make_person(council, role="agency_lead", email=EMAIL)
    with_password(admin, person)
    assert with_app(walker, person) == "/account/protect"
    assert walker.get("/referrals").status_code == 403
    assert walker.get("/report").status_code in (200, 303)


def test_a_new_administrator_is_offered_no_app_that_would_not_do(walker: Walker, council: Council) -> None:
    people.sign_in(walker.client, people.make_person(council, role="council_admin"), "email")
    page = walker.get("/account/protect").text
    assert "the council does not accept the code of an app from you" in page
    assert "Set up an authenticator app" not in page


def test_a_forged_passkey_changes_nothing(
    walker: Walker, new_walker: New, council: Council, admin: Admin, settings: Settings
) -> None:
    person = people.make_person(council, role="council_admin", email=EMAIL)
    with_password(admin, person)
    add(new_walker(), Device(settings.base_url), person)
    with_app(walker, person)
    wrong = walker.post("/account/again/passkey", {"credential": "{}"}, page="/account/protect")
    assert walker.where(wrong) == "/account/protect"
    assert walker.get("/people").status_code == 403
