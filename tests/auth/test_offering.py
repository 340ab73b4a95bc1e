"""After signing in with something weaker than a passkey, one is offered, once a sign-in; "not now" is an answer."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from config.settings import Settings
from tests.auth.test_factors import RECOVERY, set_up, to_second_step
from tests.auth.test_passkeys import add, options
from tests.auth.test_sign_in import EMAIL, with_password
from tests.auth.walking import PASSWORD, Walker
from tests.factories import people
from tests.factories.apps import app_code
from tests.factories.passkeys import Device

OFFER = "/account/passkey-offer"
Admin = psycopg.Connection[tuple[object, ...]]
New = Callable[[], Walker]


@pytest.fixture
def lead(walker: Walker, admin: Admin) -> people.Person:
    """A lead with a password and an app."""
    made = people.make_person(walker.council, role="agency_lead", email=EMAIL)
    with_password(admin, made)
    return made


def with_app(walker: Walker, person: people.Person) -> str:
    """Sign in with the app; where that leads."""
    to_second_step(walker)
    return walker.where(walker.post("/sign-in/authenticator", {"code": app_code(person.account_id)}))


def test_not_now_goes_on_and_is_asked_again_at_the_next_sign_in_only(walker: Walker, lead: people.Person) -> None:
    assert walker.where(walker.get("/people?page=2")) == "/sign-in"
    assert with_app(walker, lead) == OFFER
    page = walker.get(OFFER).text
    assert "Sign in faster and more safely next time" in page
    assert 'action="/avonmere/account/passkeys/add"' in page
    assert "with scripts switched on" in page
    assert walker.where(walker.post(OFFER)) == "/people?page=2"
    assert walker.get("/people").status_code == 200
    walker.post("/sign-out", page="/account")
    assert with_app(walker, lead) == OFFER
    # Nothing waits for the answer.
    assert walker.get("/referrals").status_code == 200


def test_a_passkey_made_there_goes_on_too_and_is_not_offered_again(
    walker: Walker, lead: people.Person, settings: Settings
) -> None:
    device = Device(settings.base_url)
    walker.get("/people")
    assert with_app(walker, lead) == OFFER
    made = walker.post("/account/passkeys/add", {"credential": device.make(options(walker, OFFER))}, page=OFFER)
    assert walker.where(made) == "/account/recovery-codes"
    assert walker.where(walker.post("/account/recovery-codes/kept", page="/account/recovery-codes")) == "/people"
    walker.post("/sign-out", page="/account")
    assert with_app(walker, lead) == "/referrals"


def test_a_passkey_signs_in_without_an_offer(
    walker: Walker, new_walker: New, lead: people.Person, settings: Settings
) -> None:
    device = Device(settings.base_url)
    add(walker, device, lead)
    other = new_walker()
    answer = device.use(options(other, "/sign-in"))
    assert other.where(other.post("/sign-in/passkey", {"credential": answer}, page="/sign-in")) == "/referrals"


def test_nothing_comes_between_a_person_and_a_report(walker: Walker, lead: people.Person) -> None:
    assert walker.where(walker.get("/report")) == "/sign-in"
    assert with_app(walker, lead) == "/report"


def test_an_emailed_code_offers_what_it_may_set_up(walker: Walker, admin: Admin, lead: people.Person) -> None:
    def emailed() -> str:
        answer = walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
        if walker.where(answer) == "/sign-in/authenticator":
            walker.post("/sign-in/email", page="/sign-in/authenticator")
        return walker.where(walker.post("/sign-in/code", {"code": walker.code(EMAIL)}))

    assert emailed() == "/account/protect", "an email replaces nothing, and the page says so"
    admin.execute("delete from authenticator")
    walker.post("/sign-out", page="/account")
    assert emailed() == "/account/protect", "which offers the passkey first"
    admin.execute("update membership set state = 'pending'")
    walker.post("/sign-out", page="/account")
    assert emailed() == OFFER
    assert "which is not enough to read" in walker.get(OFFER).text
    assert walker.where(walker.post(OFFER)) == "/waiting"


def test_a_recovery_code_says_how_many_are_left_and_offers_new_ones(
    walker: Walker, new_walker: New, admin: Admin
) -> None:
    walker.register(EMAIL)
    codes = set_up(walker)
    admin.execute("update membership set state = 'active'")
    other = new_walker()
    to_second_step(other)
    assert other.where(other.post("/sign-in/recovery", {"code": codes[0]})) == OFFER
    page = other.get(OFFER).text
    assert "You used a recovery code" in page
    assert "Recovery codes left: 9 of 10" in page
    assert "/account/authenticator" in page
    assert other.where(other.post("/account/recovery-codes", page=OFFER)) == "/account/recovery-codes"
    assert not set(codes) & set(RECOVERY.findall(other.get("/account/recovery-codes").text))
    assert other.where(other.post("/account/recovery-codes/kept", page="/account/recovery-codes")) == "/referrals"


def test_a_recovery_code_on_the_way_to_a_report_is_told_there(walker: Walker, new_walker: New, admin: Admin) -> None:
    walker.register(EMAIL)
    codes = set_up(walker)
    admin.execute("update membership set state = 'active'")
    other = new_walker()
    other.get("/report")
    to_second_step(other)
    assert other.where(other.post("/sign-in/recovery", {"code": codes[0]})) == "/report"
    assert "Recovery codes left: 9 of 10" in other.get("/report").text
