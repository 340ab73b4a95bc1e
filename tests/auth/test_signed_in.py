"""Sessions: known again, ended one by one, three at most, over after a change; showing again who one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest

from config.settings import Settings
from portal.auth import agents, passwords
from portal.auth.sessions import PLAIN_NAME
from portal.kernel import clock
from tests.auth.test_passkeys import add, options
from tests.auth.walking import PASSWORD, Walker
from tests.factories import people
from tests.factories.apps import app_code, give_app
from tests.factories.passkeys import Device

EMAIL = "s.jones@oakfield.avonmere.sch.uk"
NEW = "lantern pebble orchard meadow"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
HANDLE = re.compile(r'name="session" value="([0-9a-f]{16})"')
Admin = psycopg.Connection[tuple[object, ...]]
New = Callable[[], Walker]


@pytest.fixture
def person(walker: Walker, admin: Admin) -> people.Person:
    """A lead with a password and an app."""
    made = people.make_person(walker.council, role="agency_lead", email=EMAIL)
    admin.execute("update account set password_hash = %s where id = %s", (passwords.hashed(PASSWORD), made.account_id))
    give_app(made.account_id)
    return made


def is_in(walker: Walker) -> bool:
    return walker.get("/account").status_code == 200


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_in_two_words(header: str, words: str) -> None:
    assert agents.described(header) == words


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.77", "192.0.0.0/16"), ("2001:db8:1:2::3", "2001:db8::/32"), ("fe80::1%eth0", "fe80::/32"), ("x", "")],
)
def test_a_network_stands_for_no_household(address: str, network: str) -> None:
    assert agents.network(address) == network


def test_sessions_are_listed_with_browser_and_network_and_ended_one_by_one(
    walker: Walker, new_walker: New, person: people.Person
) -> None:
    there = new_walker()
    there.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    there.sign_in(EMAIL)
    walker.sign_in(EMAIL)
    page = walker.get("/account").text
    assert "Another browser: Firefox, Windows" in page
    assert "192.0.0.0/16" in page
    handles = HANDLE.findall(page)
    assert len(handles) == 1
    for _ in range(2):
        answer = walker.post("/account/sessions/end", {"session": handles[0]}, page="/account")
        assert walker.where(answer) == "/account"
    assert not is_in(there)
    assert is_in(walker)


def test_nobody_ends_somebody_elses_session(walker: Walker, new_walker: New, person: people.Person) -> None:
    there = new_walker()
    for _ in range(2):
        people.sign_in(there.client, person)
    handle = HANDLE.findall(there.get("/account").text)[0]
    people.sign_in(walker.client, people.make_person(walker.council))
    walker.post("/account/sessions/end", {"session": handle}, page="/account")
    assert HANDLE.findall(there.get("/account").text) == [handle]


def test_every_other_session_can_be_ended_at_once(walker: Walker, new_walker: New, person: people.Person) -> None:
    others = [new_walker(), new_walker()]
    for one in (walker, *others):
        people.sign_in(one.client, person)
    walker.post("/account/sessions/end", {"session": "others"}, page="/account")
    assert [is_in(one) for one in (walker, *others)] == [True, False, False]


def test_three_sessions_at_most_and_the_oldest_ends(
    new_walker: New, person: people.Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, browsers = clock.now(), [new_walker() for _ in range(4)]
    for number, one in enumerate(browsers):
        at(monkeypatch, begun + timedelta(minutes=2 * number))
        one.sign_in(EMAIL)
    assert [is_in(one) for one in browsers] == [False, True, True, True]
    fifth = new_walker()
    at(monkeypatch, begun + timedelta(minutes=10))
    fifth.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    fifth.post("/sign-in/authenticator", {"code": app_code(person.account_id)})
    assert "signed you out where you signed in longest ago" in fifth.get("/account/passkey-offer").text


def test_a_new_device_is_told_once_and_the_first_never(
    new_walker: New, person: people.Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = clock.now()
    first = new_walker()
    first.sign_in(EMAIL)
    assert first.mail(EMAIL) == []
    for minutes in (2, 4):
        at(monkeypatch, begun + timedelta(minutes=minutes))
        second = new_walker()
        second.network = "198.51.100.9"
        second.sign_in(EMAIL)
        subjects = [one.subject for one in second.mail(EMAIL)]
        assert len([one for one in subjects if "signed in on a new device" in one]) == 1
    assert not [one for one in first.mail(EMAIL) if person.name in one.body or "198.51" in one.body]


def test_a_changed_password_ends_every_other_session_and_is_told(
    walker: Walker, new_walker: New, person: people.Person, admin: Admin
) -> None:
    there = new_walker()
    for one in (walker, there):
        people.sign_in(one.client, person)
    before = walker.client.get_cookie(PLAIN_NAME)
    assert before
    wrong = walker.post("/account/password", {"old": "not the right password", "new": NEW})
    assert wrong.status_code == 422
    assert "That is not your password" in wrong.text
    assert walker.post("/account/password", {"old": PASSWORD, "new": "short"}).status_code == 422
    assert is_in(there)
    assert walker.where(walker.post("/account/password", {"old": PASSWORD, "new": NEW})) == "/account"
    assert is_in(walker)
    assert not is_in(there)
    copy = new_walker()
    copy.client.set_cookie(PLAIN_NAME, before.value, domain="localhost")
    assert not is_in(copy)
    assert "Your password has changed" in walker.mail(EMAIL)[0].subject
    assert new_walker().post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 422
    assert new_walker().sign_in(EMAIL, NEW).status_code == 303
    assert admin.execute("select count(*) from audit_event where event = 'auth.password_changed'").fetchone() == (1,)


def test_an_emailed_code_changes_no_password_where_there_is_more(walker: Walker, person: people.Person) -> None:
    people.sign_in(walker.client, person, "email")
    assert walker.where(walker.get("/account/password")) == "/account/protect"


LATER = timedelta(minutes=16)


def aged(admin: Admin) -> None:
    """As if everybody had signed in a while ago."""
    admin.execute("update account_session set signed_in_at = signed_in_at - interval '16 minutes'")


@pytest.mark.parametrize("page", ["/account/authenticator", "/account/passkeys/add"])
def test_a_change_a_while_after_signing_in_asks_again_who_is_there(
    walker: Walker, person: people.Person, admin: Admin, page: str
) -> None:
    people.sign_in(walker.client, person)
    assert walker.get(page).status_code == 200
    aged(admin)
    assert walker.where(walker.get(page)) == "/account/again"
    assert walker.post("/account/again", {"code": "000000"}).status_code == 422
    assert walker.where(walker.post("/account/again", {"code": app_code(person.account_id)})) == page
    assert walker.get(page).status_code == 200
    by = admin.execute("select detail->>'by' from audit_event where event = 'auth.confirmed_again'").fetchall()
    assert by == [("totp",)]


def test_new_recovery_codes_and_removing_a_passkey_ask_too(
    walker: Walker, person: people.Person, admin: Admin, settings: Settings
) -> None:
    device = Device(settings.base_url)
    add(walker, device, person)
    row = admin.execute("select id from passkey").fetchone()
    assert row
    aged(admin)
    for path in ("/account/recovery-codes", f"/account/passkeys/{row[0]}/remove"):
        assert walker.where(walker.post(path, page="/account")) == "/account/again", path
    assert admin.execute("select count(*) from passkey").fetchone() == (1,)
    answer = device.use(options(walker, "/account/again"))
    assert (
        walker.where(walker.post("/account/again/passkey", {"credential": answer}, page="/account/again")) == "/account"
    )
    assert walker.where(walker.post(f"/account/passkeys/{row[0]}/remove", page="/account")) == "/account"


def test_somebody_elses_passkey_confirms_nothing(
    walker: Walker, new_walker: New, person: people.Person, admin: Admin, settings: Settings
) -> None:
    device, mine = Device(settings.base_url), Device(settings.base_url)
    add(new_walker(), device, people.make_person(walker.council))
    add(walker, mine, person)
    aged(admin)
    answer = device.use(options(walker, "/account/again"))
    refused = walker.post("/account/again/passkey", {"credential": answer}, page="/account/again")
    assert walker.where(refused) == "/account/again"
    assert walker.where(walker.get("/account/authenticator")) == "/account/again"


def test_asking_in_the_background_keeps_no_session_alive(
    walker: Walker, person: people.Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = clock.now()
    people.sign_in(walker.client, person)
    assert is_in(walker)
    for minutes in (10, 20, 28):
        at(monkeypatch, begun + timedelta(minutes=minutes))
        asked = walker.client.get("/avonmere/account/idle", headers={"X-Background": "yes"})
        left = asked.get_json()["seconds"]
        assert abs(left - (30 - minutes) * 60) <= 5
    walker.post("/account/stay", page="/account")
    at(monkeypatch, begun + timedelta(minutes=57))
    assert is_in(walker)
    at(monkeypatch, begun + timedelta(minutes=88))
    assert walker.client.get("/avonmere/account/idle", headers={"X-Background": "yes"}).status_code == 303
    assert not is_in(walker)
