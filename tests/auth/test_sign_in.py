"""Signing in: password, then code; the same answer for unknown and wrong; then where the person was going."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from portal.auth import passwords
from portal.auth.sessions import PLAIN_NAME, hashed
from tests.auth.walking import CHANGING, PASSWORD, Walker, make_account
from tests.factories import people
from tests.factories.apps import account_of, app_code, give_app

EMAIL = "s.jones@oakfield.avonmere.sch.uk"
Admin = psycopg.Connection[tuple[object, ...]]


def with_password(admin: Admin, person: people.Person) -> None:
    """Give a person of the factory a password and an authenticator app."""
    admin.execute(
        "update account set password_hash = %s where id = %s", (passwords.hashed(PASSWORD), person.account_id)
    )
    give_app(person.account_id)


def test_password_and_code_sign_in(walker: Walker, admin: Admin) -> None:
    person = people.make_person(walker.council, role="agency_lead", email=EMAIL)
    with_password(admin, person)
    assert walker.where(walker.sign_in(EMAIL)) == "/referrals"
    assert walker.get("/account").status_code == 200
    assert EMAIL in walker.get("/account").text
    events = admin.execute("select actor_id from audit_event where event = 'auth.signed_in'").fetchall()
    assert events == [(person.account_id,)]


@pytest.mark.parametrize(
    ("role", "state", "goes"),
    [
        ("referrer", "active", "/referrals"),
        ("referrer", "pending", "/waiting"),
        ("referrer", "ended", "/join"),
        ("screener", "active", "/holding-area"),
        ("council_admin", "active", "/people"),
        ("form_designer", "active", "/"),
        ("early_help_worker", "active", "/early-help"),
    ],
)
def test_everybody_begins_where_their_role_does(walker: Walker, admin: Admin, role: str, state: str, goes: str) -> None:
    with_password(admin, people.make_person(walker.council, role=role, state=state, email=EMAIL))
    assert walker.where(walker.sign_in(EMAIL)) == goes


def test_unknown_and_wrong_and_suspended_are_told_the_same(walker: Walker, admin: Admin, statements: list[str]) -> None:
    make_account(EMAIL)
    make_account("suspended@oakfield.avonmere.sch.uk", state="suspended")
    token = walker.token("/sign-in")
    seen = []
    for email, password in (
        (EMAIL, "not the right password"),
        ("nobody@oakfield.avonmere.sch.uk", "not the right password"),
        ("suspended@oakfield.avonmere.sch.uk", PASSWORD),
    ):
        statements.clear()
        answer = walker.send("/sign-in", {"email": email, "password": password, "csrf_token": token})
        assert answer.status_code == 422
        assert "do not match an account" in answer.text
        assert "01632 960210" in answer.text
        assert password not in answer.text
        seen.append((CHANGING.sub("", answer.text), len(statements)))
    assert len(set(seen)) == 1
    walker.jobs()
    assert admin.execute("select count(*) from outbox_mail").fetchone() == (0,)
    reasons = admin.execute("select detail->>'reason' from audit_event where event = 'auth.sign_in_refused'")
    assert sorted(reasons.fetchall()) == [("password",), ("suspended",), ("unknown",)]


def test_an_unknown_address_costs_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    class Counting:
        def hash(self, _password: str) -> str:
            return "none"

        def verify(self, stored: str, _password: str) -> bool:
            done.append(stored)
            return True

    monkeypatch.setattr(passwords, "HASHER", Counting())
    assert not passwords.matches(None, "anything")
    assert not passwords.matches("none", "anything"), "an account without a password costs the same"
    assert passwords.matches("$argon2 stored", "anything")
    assert done == ["none", "none", "$argon2 stored"]


def test_every_refused_address_costs_one_hash_and_the_same_statements(
    walker: Walker, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes time, counted: the clock of a busy machine proves nothing (`benchmarks/signing_in.py` measures it)."""
    make_account(EMAIL)
    make_account("suspended@oakfield.avonmere.sch.uk", state="suspended")
    people.make_person(walker.council, email="sso@oakfield.avonmere.sch.uk")
    done: list[str] = []
    real = passwords.HASHER

    class Counting:
        def hash(self, password: str) -> str:
            return real.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            done.append("verify")
            return real.verify(stored, password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    token = walker.token("/sign-in")
    work = set()
    walker.send("/sign-in", {"email": "first@example.org.uk", "password": "to warm up", "csrf_token": token})
    for name in ("s.jones", "suspended", "sso", "nobody"):
        done.clear()
        statements.clear()
        data = {"email": f"{name}@oakfield.avonmere.sch.uk", "password": "not the right password"}
        assert walker.send("/sign-in", data | {"csrf_token": token}).status_code == 422
        work.add((len(done), tuple(statements)))
    assert len(work) == 1
    assert work.pop()[0] == 1


def test_the_session_changes_at_sign_in_and_the_old_one_is_dead(walker: Walker, admin: Admin) -> None:
    with_password(admin, people.make_person(walker.council, email=EMAIL))
    walker.get("/sign-in")
    before = walker.client.get_cookie(PLAIN_NAME)
    walker.sign_in(EMAIL)
    after = walker.client.get_cookie(PLAIN_NAME)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    rows = admin.execute("select id_hash from account_session where account_id is not null").fetchall()
    assert rows == [(hashed(after.value),)]
    walker.client.set_cookie(PLAIN_NAME, before.value, domain="localhost")
    assert walker.where(walker.get("/account")) == "/sign-in"


def test_signing_out_ends_the_session(walker: Walker, admin: Admin) -> None:
    people.sign_in(walker.client, people.make_person(walker.council))
    cookie = walker.client.get_cookie(PLAIN_NAME)
    assert cookie is not None
    assert walker.where(walker.post("/sign-out", page="/account")) == "/sign-in"
    assert "You have signed out" in walker.get("/sign-in").text
    walker.client.set_cookie(PLAIN_NAME, cookie.value, domain="localhost")
    assert walker.where(walker.get("/account")) == "/sign-in"
    assert walker.client.get("/avonmere/sign-out").status_code == 405


def test_signing_in_leads_back_to_where_the_person_was_going(walker: Walker, admin: Admin) -> None:
    with_password(admin, people.make_person(walker.council, role="council_admin", email=EMAIL))
    assert walker.where(walker.get("/people?page=2")) == "/sign-in"
    assert walker.where(walker.sign_in(EMAIL)) == "/people?page=2"


def test_a_form_of_an_ended_session_leads_back_to_its_page(walker: Walker, admin: Admin) -> None:
    with_password(admin, people.make_person(walker.council, state="ended", email=EMAIL))
    answer = walker.send("/join", {"job": "Head of year ten", "csrf_token": "old"})
    assert answer.status_code == 400
    assert "Head of year ten" in answer.text
    with walker.client.session_transaction() as session:
        assert session["next"] == "/join"


OPEN_REDIRECTS = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
    "http:evil.example", "javascript:alert(1)", "/%2f/evil.example", "/%5cevil.example", "/\t/evil.example",
    "%0d%0aLocation:%20//evil.example", "@evil.example", "/.evil.example", "////evil.example/%2f..",
]  # fmt: skip


@pytest.mark.parametrize("next_", OPEN_REDIRECTS)
def test_no_address_in_the_request_says_where_to_go(walker: Walker, admin: Admin, next_: str) -> None:
    with_password(admin, people.make_person(walker.council, email=EMAIL))
    walker.client.get(f"/avonmere/{next_}")
    walker.client.get("/avonmere/sign-in", query_string={"next": next_})
    walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD, "next": next_})
    answer = walker.post("/sign-in/authenticator", {"code": app_code(account_of(EMAIL)), "next": next_})
    assert walker.where(walker.not_now(answer)) == "/referrals"


@pytest.mark.parametrize("stored", OPEN_REDIRECTS)
def test_even_a_stored_page_stays_on_this_site(walker: Walker, admin: Admin, stored: str) -> None:
    with_password(admin, people.make_person(walker.council, email=EMAIL))
    walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    code = app_code(account_of(EMAIL))
    token = walker.token("/sign-in/authenticator")
    with walker.client.session_transaction() as session:
        session["next"] = stored
    answer = walker.send("/sign-in/authenticator", {"code": code, "csrf_token": token})
    assert answer.headers["Location"].startswith("/avonmere/")


def test_resending_the_sign_in_code(walker: Walker, admin: Admin) -> None:
    with_password(admin, people.make_person(walker.council, email=EMAIL))
    walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    walker.post("/sign-in/email", page="/sign-in/authenticator")
    old = walker.code(EMAIL)
    assert walker.where(walker.post("/sign-in/resend", page="/sign-in/code")) == "/sign-in/code"
    assert len(walker.mail(EMAIL)) == 2
    answer = walker.post("/sign-in/code", {"code": walker.code(EMAIL)})
    assert walker.where(answer) == "/account/protect"
    assert old


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/register", {"name": "a\x00b", "job": "x", "email": EMAIL, "lead": "no"}),
        ("/register", {"name": "a" * 500_000, "job": "x" * 500_000, "email": "e" * 300_000, "lead": "no"}),
        ("/register", {"name": "a", "job": "x", "email": EMAIL, "lead": "maybe"}),
        ("/sign-in", {"email": "\x00", "password": "\x00"}),
        ("/sign-in", {"email": EMAIL, "password": "p" * 1_000_000}),
        ("/sign-in", {"email": "e" * 1_000_000, "password": "p"}),
        ("/sign-in", {}),
    ],
)
def test_bad_input_is_refused_and_never_a_fault(walker: Walker, path: str, fields: dict[str, str]) -> None:
    answer = walker.post(path, fields)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_ten_thousand_fields_and_five_megabytes_are_refused(walker: Walker) -> None:
    token = walker.token("/sign-in")
    many = {f"field{number}": "x" for number in range(10_000)}
    assert walker.send("/sign-in", {"csrf_token": token, **many}).status_code == 413
    assert walker.send("/register", {"csrf_token": token, "name": "x" * 5_000_000}).status_code == 413


def test_a_form_without_its_token_is_refused(walker: Walker, new_walker: Callable[[], Walker]) -> None:
    walker.get("/sign-in")
    assert walker.send("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 400
    token = new_walker().token("/sign-in")
    answer = walker.send("/sign-in", {"email": EMAIL, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 400
