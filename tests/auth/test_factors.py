"""Authenticator apps: used once whatever happens at once, set up by those who may, and replaced never by an email."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import cast

import psycopg
import pytest

from portal.auth import totp
from portal.auth.commands import factors as changes
from portal.auth.commands.codes import WrongCode
from portal.auth.queries import factors
from portal.kernel import clock, db, scope
from portal.kernel.errors import Forbidden
from portal.kernel.scope import Scope
from tests.auth.walking import PASSWORD, Walker
from tests.factories import people
from tests.factories.apps import account_of, app_code, give_app, seed_of

EMAIL = "s.jones@oakfield.avonmere.sch.uk"
KEY = re.compile(r'class="app-key">([A-Z2-7 ]+)<')
RECOVERY = re.compile(r"<code>([A-Z2-7-]{19})</code>")
Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def person(walker: Walker, admin: Admin) -> people.Person:
    """A lead with a password and an app."""
    from portal.auth import passwords  # noqa: PLC0415 - after the fixture that makes it cheap

    made = people.make_person(walker.council, role="agency_lead", email=EMAIL)
    admin.execute("update account set password_hash = %s where id = %s", (passwords.hashed(PASSWORD), made.account_id))
    give_app(made.account_id)
    return made


def to_second_step(walker: Walker) -> None:
    answer = walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert walker.where(answer) == "/sign-in/authenticator"


def set_up(walker: Walker) -> list[str]:
    """Set an app up on its page; the recovery codes that follow."""
    found = KEY.search(walker.get("/account/authenticator").text)
    assert found
    code = totp.code_at(seed_of(found.group(1)), totp.step_of(clock.now()))
    assert walker.where(walker.post("/account/authenticator", {"code": code})) == "/account/recovery-codes"
    return RECOVERY.findall(walker.get("/account/recovery-codes").text)


@pytest.mark.parametrize("at", [59, 1111111109, 1234567890, 20000000000])
def test_codes_are_those_of_the_standard(at: int) -> None:
    known = {59: "94287082", 1111111109: "07081804", 1234567890: "89005924", 20000000000: "65353130"}
    assert totp.code_at(b"12345678901234567890", at // 30) == known[at][2:]


def test_of_fifty_sign_ins_at_once_with_one_code_one_succeeds(person: people.Person) -> None:
    code = app_code(person.account_id)

    def sign_in(_number: int) -> str:
        try:
            with db.unit_of_work(scope.NOWHERE):
                changes.use_app(person.account_id, code)
        except WrongCode as refusal:
            return refusal.reason
        return "in"

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(sign_in, range(50)))
    assert results.count("in") == 1
    assert results.count("used") == 49


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1} {2}", "{0}   "])
def test_a_code_works_once_however_it_is_written(
    walker: Walker, new_walker: Callable[[], Walker], person: people.Person, written: str
) -> None:
    code = app_code(person.account_id)
    to_second_step(walker)
    assert walker.where(walker.not_now(walker.post("/sign-in/authenticator", {"code": code}))) == "/referrals"
    other = new_walker()
    to_second_step(other)
    answer = other.post("/sign-in/authenticator", {"code": written.format(code, code[:3], code[3:])})
    assert answer.status_code == 422
    assert "That code has been used" in answer.text
    assert "01632 960210" in answer.text


def test_a_code_is_not_made_good_again_by_a_wrong_one(
    walker: Walker, new_walker: Callable[[], Walker], person: people.Person, admin: Admin
) -> None:
    code = app_code(person.account_id)
    to_second_step(walker)
    walker.post("/sign-in/authenticator", {"code": code})
    other = new_walker()
    to_second_step(other)
    wrong = "000000" if code != "000000" else "111111"
    assert "not the code your app shows" in other.post("/sign-in/authenticator", {"code": wrong}).text
    assert "That code has been used" in other.post("/sign-in/authenticator", {"code": code}).text
    reasons = admin.execute("select detail->>'reason' from audit_event where event = 'auth.sign_in_refused'")
    assert sorted(reasons.fetchall()) == [("used",), ("wrong",)]


def test_an_older_code_is_refused_after_a_newer_one(person: people.Person, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = give_app_anew(person)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    step = totp.step_of(now)
    for step_used, good in ((step, True), (step - 1, False), (step, False), (step + 1, True), (step + 2, False)):
        with db.unit_of_work(scope.NOWHERE):
            if good:
                changes.use_app(person.account_id, totp.code_at(seed, step_used))
                continue
            with pytest.raises(WrongCode):
                changes.use_app(person.account_id, totp.code_at(seed, step_used))


def give_app_anew(person: people.Person) -> bytes:
    with db.unit_of_work(scope.NOWHERE):
        found = factors.app_of(person.account_id)
    assert found
    return found.seed


def test_a_code_works_only_after_the_password_and_in_its_browser(
    walker: Walker, new_walker: Callable[[], Walker], person: people.Person
) -> None:
    to_second_step(walker)
    other = new_walker()
    other.get("/sign-in")
    answer = other.post("/sign-in/authenticator", {"code": app_code(person.account_id)}, page="/sign-in")
    assert other.where(answer) == "/sign-in"


@pytest.mark.parametrize("change", ["password_hash = 'another'", "state = 'suspended'"])
def test_a_password_that_was_changed_meanwhile_is_no_first_step(
    walker: Walker, person: people.Person, admin: Admin, change: str
) -> None:
    to_second_step(walker)
    admin.execute(f"update account set {change} where id = %s".encode(), (person.account_id,))
    assert walker.where(walker.post("/sign-in/authenticator", {"code": app_code(person.account_id)})) == "/sign-in"


def test_the_second_step_waits_a_quarter_of_an_hour(
    walker: Walker, person: people.Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_second_step(walker)
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert walker.where(walker.post("/sign-in/authenticator", {"code": app_code(person.account_id)})) == "/sign-in"


def test_guessing_is_slowed_down_per_account(walker: Walker, person: people.Person) -> None:
    to_second_step(walker)
    code = app_code(person.account_id)
    wrong = "000000" if code != "000000" else "111111"
    answers = [walker.post("/sign-in/authenticator", {"code": wrong}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_registering_ends_with_a_second_step_and_ten_codes(walker: Walker, admin: Admin) -> None:
    assert walker.where(walker.register(EMAIL)) == "/account/protect"
    assert "Set up an authenticator app" in walker.get("/account/protect").text
    codes = set_up(walker)
    assert len(set(codes)) == 10
    stored = admin.execute("select code_hash from recovery_code").fetchall()
    assert len(stored) == 10
    assert not set(codes) & {row[0] for row in stored}
    assert codes == RECOVERY.findall(walker.get("/account/recovery-codes").text)
    answer = walker.post("/account/recovery-codes/kept", page="/account/recovery-codes")
    assert walker.where(answer) == "/waiting"
    assert walker.where(walker.get("/account/recovery-codes")) == "/account"
    told = [one.subject for one in walker.mail(EMAIL)]
    assert any("What you sign in with has changed" in subject for subject in told)


def test_a_recovery_code_signs_in_once(walker: Walker, new_walker: Callable[[], Walker], admin: Admin) -> None:
    walker.register(EMAIL)
    codes = set_up(walker)
    admin.execute("update membership set state = 'active'")
    other = new_walker()
    to_second_step(other)
    typed = {"code": codes[3].lower().replace("-", " ")}
    assert other.where(other.not_now(other.post("/sign-in/recovery", typed))) == "/referrals"
    assert other.mail(EMAIL)[0].subject.startswith("A recovery code was used")
    assert "9 of 10 left" in other.get("/account").text
    third = new_walker()
    to_second_step(third)
    answer = third.post("/sign-in/recovery", typed)
    assert answer.status_code == 422
    assert "or it has been used" in answer.text
    assert "ring you back" in answer.text


def test_new_recovery_codes_end_the_old_ones(walker: Walker, new_walker: Callable[[], Walker]) -> None:
    walker.register(EMAIL)
    old = set_up(walker)
    assert walker.where(walker.post("/account/recovery-codes", page="/account")) == "/account/recovery-codes"
    new = RECOVERY.findall(walker.get("/account/recovery-codes").text)
    assert not set(old) & set(new)
    other = new_walker()
    to_second_step(other)
    assert other.post("/sign-in/recovery", {"code": old[0]}).status_code == 422
    assert other.where(other.not_now(other.post("/sign-in/recovery", {"code": new[0]}))) == "/waiting"


def test_an_emailed_code_replaces_nothing(walker: Walker, person: people.Person) -> None:
    people.sign_in(walker.client, person, "email")
    assert walker.where(walker.get("/account/authenticator")) == "/account/protect"
    assert "You have something stronger already" in walker.get("/account/protect").text
    assert walker.post("/account/recovery-codes", page="/account").status_code == 403
    weak = replace(person.actor, strength="email")
    with db.unit_of_work(Scope(walker.council, weak)), pytest.raises(Forbidden):
        code = totp.code_at(b"x" * 20, totp.step_of(clock.now()))
        changes.set_up_app(weak, b"x" * 20, code, here="")


def test_a_new_app_ends_the_old_one_and_every_other_session(
    walker: Walker, new_walker: Callable[[], Walker], person: people.Person
) -> None:
    there = new_walker()
    for one in (walker, there):
        people.sign_in(one.client, person)
    old = give_app_anew(person)
    found = KEY.search(walker.get("/account/authenticator").text)
    assert found
    new = seed_of(found.group(1))
    code = totp.code_at(new, totp.step_of(clock.now()))
    assert walker.where(walker.post("/account/authenticator", {"code": code})) == "/account/recovery-codes"
    assert there.where(there.get("/account")) == "/sign-in"
    assert walker.get("/account").status_code == 200
    assert give_app_anew(person) == new != old


def test_the_seed_is_stored_sealed(person: people.Person, admin: Admin) -> None:
    seed = give_app_anew(person)
    row = admin.execute("select seed, wrapped_key from authenticator").fetchone()
    assert row
    assert seed not in bytes(cast("bytes", row[0]))
    assert account_of(EMAIL) == person.account_id


def test_of_fifty_whole_sign_ins_at_once_with_one_code_one_succeeds(
    new_walker: Callable[[], Walker], person: people.Person, admin: Admin
) -> None:
    """Each with a browser and a network of its own, through the pages; the limits let no second one through either."""
    code = app_code(person.account_id)

    def sign_in(number: int) -> int:
        walker = new_walker()
        walker.network = f"198.51.100.{number}"
        token = walker.token("/sign-in")
        first = walker.send("/sign-in", {"csrf_token": token, "email": EMAIL, "password": PASSWORD})
        assert walker.where(first) == "/sign-in/authenticator"
        answer = walker.send("/sign-in/authenticator", {"csrf_token": token, "code": code})
        return answer.status_code

    # A request holds two connections at most, and the pool of one process has ten.
    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(sign_in, range(50)))
    assert results.count(303) == 1
    assert set(results) <= {303, 422, 429}
    assert admin.execute("select count(*) from audit_event where event = 'auth.signed_in'").fetchone() == (1,)
    signed_in = "select count(*) from account_session where account_id is not null"
    assert admin.execute(signed_in.encode()).fetchone() == (1,)
