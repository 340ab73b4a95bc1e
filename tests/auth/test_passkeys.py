"""Passkeys: made and used in the browser that was asked, at this place only, each answer once; the last one stays."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from config.settings import Settings
from portal.auth.ceremonies import Place, Refused, named
from portal.auth.commands import passkeys as commands
from portal.auth.sessions import PLAIN_NAME
from portal.kernel import clock, db, scope
from portal.kernel.scope import Council
from portal.tenants import resolve
from tests.auth.test_factors import RECOVERY
from tests.auth.walking import Walker
from tests.factories import people
from tests.factories.apps import give_app
from tests.factories.passkeys import PRESENT, Device

OPTIONS = re.compile(r'data-options="([^"]+)"')
Admin = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def device(settings: Settings) -> Device:
    """A device that is used at our own address."""
    return Device(settings.base_url)


def options(walker: Walker, path: str) -> str:
    """What a page asks the browser's passkeys."""
    found = OPTIONS.search(walker.get(path).text)
    assert found, path
    return html.unescape(found.group(1))


def add(walker: Walker, device: Device, person: people.Person, strength: str = "") -> None:
    """Sign in and make a passkey."""
    people.sign_in(walker.client, person, strength)
    answer = device.make(options(walker, "/account/passkeys/add"))
    going = walker.where(walker.post("/account/passkeys/add", {"credential": answer}))
    assert going in ("/account", "/account/recovery-codes")


def enter(walker: Walker, device: Device, **forged: Any) -> str:
    """Sign in with the passkey; where that leads."""
    answer = device.use(options(walker, "/sign-in"), **forged)
    return walker.where(walker.post("/sign-in/passkey", {"credential": answer}, page="/sign-in"))


def id_of(admin: Admin) -> UUID:
    row = admin.execute("select id from passkey").fetchone()
    assert row
    return UUID(str(row[0]))


def test_a_passkey_is_made_and_signs_in_without_an_address(
    walker: Walker, new_walker: Callable[[], Walker], device: Device, admin: Admin
) -> None:
    person = people.make_person(walker.council, role="screener", strength="email")
    add(walker, device, person)
    assert len(RECOVERY.findall(walker.get("/account/recovery-codes").text)) == 10
    assert walker.get("/holding-area").status_code == 200  # what was an emailed code's session is a passkey's
    other = new_walker()
    assert enter(other, device) == "/holding-area"
    assert other.get("/holding-area").status_code == 200
    strength = admin.execute("select detail->>'by' from audit_event where event = 'auth.signed_in'").fetchall()
    assert strength == [("passkey",)]
    assert admin.execute("select sign_count, used_at is not null from passkey").fetchall() == [(1, True)]
    assert "What you sign in with has changed" in walker.mail(person.email)[0].subject


FORGERIES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "another port": {"origin": "http://localhost:1"},
    "another host": {"host": "evil.example"},
    "another challenge": {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    "not verified": {"flags": PRESENT},
    "nobody there": {"flags": 0},
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "another person": {"handle": uuid4().bytes},
    "nobody": {"handle": b""},
    "made, not used": {"type": "webauthn.create"},
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_answer_signs_nobody_in(
    walker: Walker, new_walker: Callable[[], Walker], device: Device, admin: Admin, forged: dict[str, Any]
) -> None:
    add(walker, device, people.make_person(walker.council))
    other = new_walker()
    assert enter(other, device, **forged) == "/sign-in"
    page = other.get("/sign-in").text
    assert "That passkey did not work here" in page
    assert "01632 960210" in page
    assert other.where(other.get("/account")) == "/sign-in"
    reasons = admin.execute("select detail->>'reason' from audit_event where event = 'auth.sign_in_refused'")
    assert reasons.fetchall() == [("passkey",)]


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "x" * 30_000, '{"id": 1}', '{"id": "a", "rawId": "a"}'])
def test_nonsense_signs_nobody_in(walker: Walker, credential: str) -> None:
    walker.get("/sign-in")
    answer = walker.post("/sign-in/passkey", {"credential": credential}, page="/sign-in")
    assert walker.where(answer) == "/sign-in"
    person = people.make_person(walker.council)
    people.sign_in(walker.client, person)
    assert walker.post("/account/passkeys/add", {"credential": credential}).status_code == 422


def test_an_answer_works_once_and_in_its_browser_only(
    walker: Walker, new_walker: Callable[[], Walker], device: Device
) -> None:
    device.counts = False
    add(walker, device, people.make_person(walker.council))
    first, other = new_walker(), new_walker()
    answer = device.use(options(first, "/sign-in"))
    options(other, "/sign-in")
    assert other.where(other.post("/sign-in/passkey", {"credential": answer}, page="/sign-in")) == "/sign-in"
    assert first.where(first.post("/sign-in/passkey", {"credential": answer}, page="/sign-in")) == "/referrals"
    first.post("/sign-out", page="/account")
    assert first.where(first.post("/sign-in/passkey", {"credential": answer}, page="/sign-in")) == "/sign-in"


def test_of_many_at_once_with_one_answer_one_succeeds(
    walker: Walker, new_walker: Callable[[], Walker], device: Device
) -> None:
    device.counts = False
    add(walker, device, people.make_person(walker.council))
    browser = new_walker()
    answer = device.use(options(browser, "/sign-in"))
    token = browser.token("/sign-in")
    cookie = browser.client.get_cookie(PLAIN_NAME)
    assert cookie

    def post(_number: int) -> str:
        client = browser.client.application.test_client()
        client.set_cookie(PLAIN_NAME, cookie.value, domain="localhost")
        copy = Walker(client, browser.council, browser.jobs)
        answered = copy.send("/sign-in/passkey", {"credential": answer, "csrf_token": token})
        return str(answered.headers.get("Location", answered.status_code))

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(post, range(8)))
    assert results.count("/avonmere/referrals") == 1, results


def test_a_challenge_grows_old(
    walker: Walker, new_walker: Callable[[], Walker], device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(walker, device, people.make_person(walker.council))
    other = new_walker()
    answer = {"credential": device.use(options(other, "/sign-in")), "csrf_token": other.token("/sign-in")}
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert other.where(other.send("/sign-in/passkey", answer)) == "/sign-in"


def test_a_copy_of_a_passkey_is_noticed(walker: Walker, new_walker: Callable[[], Walker], device: Device) -> None:
    add(walker, device, people.make_person(walker.council))
    assert enter(new_walker(), device) == "/referrals"
    assert enter(new_walker(), device, count=1) == "/sign-in"
    assert enter(new_walker(), device, count=0) == "/sign-in"
    assert enter(new_walker(), device, count=9) == "/referrals"


def test_a_suspended_person_is_out(
    walker: Walker, new_walker: Callable[[], Walker], device: Device, admin: Admin
) -> None:
    add(walker, device, people.make_person(walker.council))
    admin.execute("update account set state = 'suspended'")
    assert enter(new_walker(), device) == "/sign-in"


def test_a_passkey_belongs_to_one_account(
    walker: Walker, new_walker: Callable[[], Walker], device: Device, admin: Admin
) -> None:
    add(walker, device, people.make_person(walker.council))
    thief = new_walker()
    people.sign_in(thief.client, people.make_person(walker.council))
    again = device.make(options(thief, "/account/passkeys/add"))
    assert thief.post("/account/passkeys/add", {"credential": again}).status_code == 422
    assert admin.execute("select count(*) from passkey").fetchone() == (1,)


@pytest.mark.parametrize("forged", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"flags": PRESENT}])
def test_a_passkey_made_elsewhere_or_unverified_is_refused(
    walker: Walker, device: Device, admin: Admin, forged: dict[str, Any]
) -> None:
    people.sign_in(walker.client, people.make_person(walker.council))
    answer = device.make(options(walker, "/account/passkeys/add"), **forged)
    refused = walker.post("/account/passkeys/add", {"credential": answer})
    assert refused.status_code == 422
    assert "That did not work" in refused.text
    assert admin.execute("select count(*) from passkey").fetchone() == (0,)


def test_an_emailed_code_adds_no_passkey_to_what_there_is(walker: Walker, device: Device) -> None:
    person = people.make_person(walker.council)
    people.sign_in(walker.client, person, "email")
    asked = options(walker, "/account/passkeys/add")
    give_app(person.account_id)
    answer = walker.post("/account/passkeys/add", {"credential": device.make(asked)}, page="/account")
    assert walker.where(answer) == "/account/protect"


def test_a_passkey_has_a_name_and_the_last_strong_thing_stays(walker: Walker, device: Device, admin: Admin) -> None:
    person = people.make_person(walker.council, role="council_admin")
    add(walker, device, person)
    place = f"/account/passkeys/{id_of(admin)}"
    assert "Set up another one first" in walker.get(place).text
    assert walker.post(f"{place}/remove", page="/account").status_code == 409
    assert walker.post(place, {"name": ""}).status_code == 422
    assert walker.where(walker.post(place, {"name": "Work laptop"})) == "/account"
    assert "Work laptop" in walker.get("/account").text
    give_app(person.account_id)
    assert walker.where(walker.post(f"{place}/remove", page=place)) == "/account"
    assert admin.execute("select count(*) from passkey").fetchone() == (0,)


def test_of_two_removals_at_once_one_passkey_stays(walker: Walker, settings: Settings, admin: Admin) -> None:
    person = people.make_person(walker.council)
    for _ in range(2):
        add(walker, Device(settings.base_url), person)
    both = [UUID(str(row[0])) for row in admin.execute("select id from passkey")]

    def remove(passkey_id: UUID) -> str:
        try:
            with db.unit_of_work(person.scope):
                commands.remove(person.actor, passkey_id, here="")
        except Exception as error:  # noqa: BLE001 - whichever it is, it is compared
            return type(error).__name__
        return "removed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, both)) == ["Conflict", "removed"]


def test_nobody_elses_passkey_can_be_seen_named_or_removed(
    walker: Walker, new_walker: Callable[[], Walker], device: Device, admin: Admin
) -> None:
    add(walker, device, people.make_person(walker.council))
    place = f"/account/passkeys/{id_of(admin)}"
    other = new_walker()
    person = people.make_person(walker.council)
    people.sign_in(other.client, person)
    assert other.get(place).status_code == 404
    assert other.post(place, {"name": "Mine"}, page="/account").status_code == 404
    assert other.post(f"{place}/remove", page="/account").status_code == 404
    people.sign_in(walker.client, person, "email")
    assert walker.post(f"{place}/remove", page="/account").status_code == 403


def test_where_we_are_is_what_the_settings_say() -> None:
    place = Place("https://portal.example.gov.uk:8443/somewhere")
    assert (place.host, place.origins) == ("portal.example.gov.uk", ["https://portal.example.gov.uk:8443"])
    with pytest.raises(Refused):
        named("{}")
    with db.unit_of_work(scope.NOWHERE), pytest.raises(Refused):
        commands.use("{}", b"", place)


@pytest.fixture
def own_hosts(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each council has a host of its own."""
    read = resolve._council

    def with_hosts(id_: UUID, slug: str, document: Any) -> Council | None:
        return read(id_, slug, {**document, "hostnames": [f"{slug}.example"]})

    monkeypatch.setattr(resolve, "_council", with_hosts)
    resolve.forget()
    yield
    resolve.forget()


def test_an_answer_from_the_councils_own_host_counts_and_from_another_councils_not(
    walker: Walker, new_walker: Callable[[], Walker], device: Device, own_hosts: None
) -> None:
    del own_hosts
    port = urlsplit(device.origin).port
    add(walker, device, people.make_person(walker.council, role="screener"))
    for host, going in (("avonmere", "/holding-area"), ("glan-yr-afon", "/sign-in"), ("evil", "/sign-in")):
        other = new_walker()
        assert enter(other, device, origin=f"http://{host}.example:{port}") == going, host


def test_browsers_are_told_which_hosts_may_use_our_passkeys(walker: Walker, device: Device, own_hosts: None) -> None:
    del own_hosts
    port = urlsplit(device.origin).port
    found = walker.client.get("/.well-known/webauthn")
    assert found.mimetype == "application/json"
    theirs = [f"http://{slug}.example:{port}" for slug in ("avonmere", "glan-yr-afon")]
    assert found.get_json() == {"origins": [device.origin, *theirs]}


def test_a_page_on_a_councils_host_names_the_way_to_ours(walker: Walker, device: Device, own_hosts: None) -> None:
    del own_hosts
    there = walker.client.get("/sign-in", base_url="http://avonmere.example")
    assert f'href="{device.origin}/avonmere/sign-in"' in there.text
    assert "data-passkey-there" not in walker.get("/sign-in").text
