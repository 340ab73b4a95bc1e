"""What a person signs in with opens every council: an organisation's word for one council changes none of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from config.settings import Settings
from portal.auth.commands import changing, factors, passkeys
from portal.kernel import db
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Scope
from tests.auth.test_passkeys import add, id_of, options
from tests.auth.test_sign_in import EMAIL, with_password
from tests.auth.walking import PASSWORD, Walker
from tests.factories import people
from tests.factories.apps import app_code
from tests.factories.passkeys import Device

Admin = psycopg.Connection[tuple[object, ...]]
New = Callable[..., Walker]
NEW = "s.jones-evans@oakfield.avonmere.sch.uk"
GETS = (
    "/account/password", "/account/email", "/account/email/code", "/account/authenticator", "/account/passkeys/add",
    "/account/again",
)  # fmt: skip
POSTS = (
    *GETS, "/account/recovery-codes", "/account/passkeys/{passkey}/remove", "/account/sign-on/{link}/remove",
)  # fmt: skip


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every council trusts whoever signed this session in."""
    from portal.auth.queries import providers  # noqa: PLC0415 - beside what it changes

    monkeypatch.setattr(providers, "issuers", lambda: [""])


@pytest.fixture
def device(settings: Settings) -> Device:
    """A device that is used at our own address."""
    return Device(settings.base_url)


@pytest.fixture
def person(new_walker: New, admin: Admin, device: Device) -> people.Person:
    """A lead with everything there is to sign in with."""
    made = people.make_person(new_walker().council, role="agency_lead", email=EMAIL)
    with_password(admin, made)
    add(new_walker(), device, made)
    admin.execute(
        "insert into sign_on_link (id, account_id, issuer, subject, linked_at)"
        " values (gen_random_uuid(), %s, 'https://elsewhere.example', 'x', now())",
        (made.account_id,),
    )
    return made


def state(admin: Admin) -> list[tuple[object, ...]]:
    """All that signs people in."""
    return [
        *admin.execute("select email_key, password_hash from account order by 1").fetchall(),
        *admin.execute("select credential_id from passkey").fetchall(),
        *admin.execute("select code_hash from recovery_code order by 1").fetchall(),
        *admin.execute("select seed from authenticator").fetchall(),
        *admin.execute("select subject from sign_on_link").fetchall(),
    ]


@pytest.mark.parametrize("issuers", [[""], []], ids=["sso", "elsewhere"])
def test_every_entry_asks_for_a_sign_in_of_our_own(
    walker: Walker, person: people.Person, device: Device, admin: Admin, monkeypatch: pytest.MonkeyPatch,
    issuers: list[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("portal.auth.queries.providers.issuers", lambda: issuers)
    row = admin.execute("select id from sign_on_link").fetchone()
    assert row
    before = state(admin)
    people.sign_in(walker.client, person, "sso")
    for path in GETS:
        assert walker.where(walker.get(path)) == "/account/protect", path
    typed = {
        "old": PASSWORD,
        "new": PASSWORD + "!",
        "email": NEW,
        "password": PASSWORD,
        "code": app_code(person.account_id),
    }
    for path in POSTS:
        address = path.format(passkey=id_of(admin), link=row[0])
        assert walker.where(walker.post(address, typed, page="/account")) == "/account/protect", path
    page = walker.get("/account/protect").text
    assert "first show here that it is you" in page
    assert state(admin) == before
    assert walker.mail(NEW) == []
    # And with the person's own passkey it goes on.
    answer = device.use(options(walker, "/account/protect"))
    assert walker.where(
        walker.post("/account/again/passkey", {"credential": answer}, page="/account/protect")
    ).startswith("/account")
    assert walker.get("/account/email").status_code == 200


@pytest.mark.parametrize("strength", ["sso", "elsewhere"])
def test_the_commands_refuse_too(person: people.Person, admin: Admin, strength: str) -> None:
    actor = replace(person.actor, strength=strength)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: changing.begin_email(actor, NEW, PASSWORD, "en", None),
        lambda: changing.finish_email(actor, None, "123456", ""),
        lambda: factors.begin_change(actor),
        lambda: factors.make_recovery_codes(actor),
        lambda: passkeys.remove(actor, id_of(admin), here=""),
    )
    for attempt in attempts:
        with db.unit_of_work(Scope(person.council, actor)), pytest.raises(Forbidden):
            attempt()


def test_who_has_no_password_here_is_told_whom_to_ask(walker: Walker, trusted: None) -> None:
    del trusted
    people.sign_in(walker.client, people.make_person(walker.council), "sso")
    page = walker.get("/account/protect").text
    assert "You have no password here" in page
    assert "Sign out and sign in again" not in page


def test_a_new_address_fits_every_council_where_the_person_works(walker: Walker, new_walker: New, admin: Admin) -> None:
    nurse = people.make_person(walker.council, agency="example-infirmary", email="a.nurse@nhs.net")
    with_password(admin, nurse)
    there = new_walker("wales").council
    people.make_person(there, agency="example-infirmary", account_id=nurse.account_id, email=nurse.email)
    people.sign_in(walker.client, nurse)
    typed = {"password": PASSWORD, "email": "b.nurse@nhs.net"}
    assert walker.where(walker.post("/account/email", typed)) == "/account/email/code"
    admin.execute(
        "delete from domain_confirmation where tenant_id = %s and domain_id in"
        " (select id from agency_domain where domain = 'nhs.net')",
        (there.id,),
    )
    refused = walker.post("/account/email", typed | {"email": "c.nurse@nhs.net"})
    assert refused.status_code == 422
    assert "could not go on working with Glan-yr-Afon Council" in refused.text
    assert walker.post("/account/email/code", {"code": walker.code("b.nurse@nhs.net")}).status_code == 422
    reasons = admin.execute("select detail->>'reason' from audit_event where event = 'auth.email_change_refused'")
    assert reasons.fetchall() == [("elsewhere",)]
    # A membership that is over there asks nothing.
    admin.execute("update membership set state = 'ended' where tenant_id = %s", (there.id,))
    assert walker.where(walker.post("/account/email", typed)) == "/account/email/code"
