"""Administrators set up who signs people in: nothing works before it was checked, and nothing secret is ever shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import requests
from sqlalchemy import update

from portal.adapters import identity, ports
from portal.auth.commands import sign_on
from portal.auth.models import AccountSession
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.scope import Council, Scope
from portal.tenants import resolve
from portal.tenants.commands import own_settings
from portal.tenants.commands import sign_on as commands
from portal.tenants.inputs.sign_on import key_for
from portal.tenants.queries import own_settings as settings_queries
from tests.auth.identity_provider import CLIENT, SECRET, Fake, running
from tests.auth.walking import Walker
from tests.factories.people import make_person, sign_in

pytestmark = pytest.mark.usefixtures("as_it_was")
Admin = psycopg.Connection[tuple[object, ...]]
HERE = "/council/sign-on/avonmere-council-account"
TYPED = {
    "name_en": "Avonmere Council account",
    "client_id": CLIENT,
    "agency": "",
    "hosts": "",
    "second_step": "said",
    "values": "mfa, hwk",
    "role_claim": "groups",
    "council_admin": "Admins",
    "practice_manager": "",
    "form_designer": "",
    "screener": "MASH\nDuty",
}


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A provider, and a portal that remembers none."""
    ports.use_identities(identity.OverHttp(local=True))
    with running() as provider:
        provider.person["groups"] = ["MASH"]
        yield provider


def version(walker: Walker) -> str:
    """The version of the settings that a page would show now."""
    with db.unit_of_work(Scope(walker.council, scope.SYSTEM)):
        return str(settings_queries.stored().version)


def add(walker: Walker, fake: Fake, **typed: str) -> str:
    """Add the provider on its page; where that leads."""
    said = TYPED | {"issuer": fake.issuer, "version": version(walker)} | typed
    where = walker.where(walker.post("/council/sign-on/new", said))
    resolve.forget()
    return where


def press(walker: Walker, do: str, page: str = HERE) -> str:
    """Press one of the buttons of a provider's page; the page that follows."""
    walker.where(walker.post(f"{page}/state", {"do": do, "version": version(walker)}, page=page))
    resolve.forget()
    return str(walker.get(page).text)


def ready(walker: Walker, fake: Fake) -> None:
    """Added, its secret set, checked and switched on."""
    add(walker, fake)
    walker.where(walker.post(f"{HERE}/secret", {"secret": SECRET}))
    walker.where(walker.post(f"{HERE}/check", page=HERE))
    assert "Signs people in" in press(walker, "on")


def come_through(walker: Walker) -> str:
    """A new browser signs in through the provider; where that leads ("" when there is no button)."""
    answer = walker.post("/sign-on/avonmere-council-account", page="/sign-in")
    if answer.status_code != 303:
        return ""
    back = requests.get(answer.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    return walker.where(walker.get(back.partition(f"/{walker.council.slug}")[2]))


def test_from_nothing_to_a_button(administrator: Walker, fake: Fake, admin: Admin) -> None:
    """Added, secret, check, on: each step is needed, told and written down."""
    assert add(administrator, fake) == HERE
    page = administrator.get(HERE).text
    assert "Switched off" in page
    assert "Screener: MASH, Duty" in page
    assert f"{fake.issuer}" in page
    assert "/avonmere/sign-on/avonmere-council-account/back" in page
    assert "First set the secret, and check it" in page
    browser = Walker(administrator.client.application.test_client(), administrator.council, administrator.jobs)
    assert "Avonmere Council account" not in browser.get("/sign-in").text

    assert "Set the secret and check it first" in press(administrator, "on"), "not by posting either"
    administrator.where(administrator.post(f"{HERE}/check", page=HERE))
    assert "Set the secret and check it first" in press(administrator, "on"), "a check alone is not enough"
    administrator.where(administrator.post(f"{HERE}/secret", {"secret": SECRET}))
    page = administrator.get(HERE).text
    assert "It has 1 key for its signatures" in page
    assert "People sign in at 127.0.0.1" in page
    assert "Signs people in" in press(administrator, "on")
    assert "Sign in with Avonmere Council account" in browser.get("/sign-in").text
    assert come_through(browser) == "/sign-on-link"
    detail = admin.execute(
        "select detail ->> 'what' from audit_event where event = 'tenants.sign_on_changed' order by at"
    )
    assert [row[0] for row in detail] == ["added", "checked", "secret_set", "switched_on"]
    assert "Signing in through an organisation" in administrator.get("/council/history").text


def test_the_secret_is_shown_nowhere(administrator: Walker, fake: Fake, admin: Admin) -> None:
    ready(administrator, fake)
    pages = ("/council/sign-on", HERE, f"{HERE}/secret", f"{HERE}/change", "/council", "/council/history")
    assert not any(SECRET in administrator.get(page).text for page in pages)
    assert "Set on" in administrator.get(HERE).text
    kept = admin.execute("select string_agg(t::text, '') from (select * from settings_change) t").fetchall()
    assert SECRET not in str(kept)
    assert SECRET.encode() not in bytes(str(admin.execute("select * from sign_on_secret").fetchall()), "utf-8")


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("metadata_other_issuer", "calls itself by another issuer"),
        ("metadata_foreign_keys", "names addresses at evil.example.org"),
        ("metadata_huge", "far larger"),
        ("metadata_no_json", "no description of a provider"),
        ("metadata_no_pkce", "PKCE"),
        ("metadata_redirects", "Nobody answers"),
        ("keys_empty", "publishes no keys"),
        ("weak_algorithms", "signs only in ways"),
    ],
)
def test_what_is_wrong_is_told_in_words(administrator: Walker, fake: Fake, how: str, says: str) -> None:
    """And it cannot be switched on."""
    add(administrator, fake)
    administrator.where(administrator.post(f"{HERE}/secret", {"secret": SECRET}))
    fake.how = how
    administrator.where(administrator.post(f"{HERE}/check", page=HERE))
    page = administrator.get(HERE).text
    assert "Something is wrong" in page
    assert says in page
    assert "Set the secret and check it first" in press(administrator, "on")


def test_switched_off_ends_what_it_opened(
    administrator: Walker, at_the_council: Callable[..., Walker], fake: Fake, admin: Admin
) -> None:
    """Whoever it signed in is signed out, here and nobody elsewhere; its button is gone."""
    ready(administrator, fake)
    council = administrator.council
    screener, other = make_person(council, role="screener"), make_person(council, role="screener")
    elsewhere = make_person(at_the_council("wales").council, role="screener")
    clients = [administrator.client.application.test_client() for _ in range(3)]
    for client, person in zip(clients, (screener, other, elsewhere), strict=True):
        sign_in(client, person, strength="sso")
    with db.unit_of_work(scope.NOWHERE) as session:
        theirs = [screener.account_id, elsewhere.account_id]
        session.execute(update(AccountSession).where(AccountSession.account_id.in_(theirs)).values(issuer=fake.issuer))
    browser = Walker(clients[0], council, administrator.jobs)
    assert browser.get("/holding-area").status_code == 200
    page = press(administrator, "off")
    assert "1 session was ended." in page
    assert browser.get("/holding-area").status_code == 303
    alive = {row[0] for row in admin.execute("select account_id from account_session").fetchall()}
    assert {other.account_id, elsewhere.account_id} <= alive
    assert screener.account_id not in alive
    ended = admin.execute("select subject_id, detail from audit_event where event = 'auth.session_ended'").fetchall()
    assert ended == [(screener.account_id, {"reason": "sign_on_off"})]
    fresh = Walker(administrator.client.application.test_client(), council, administrator.jobs)
    assert "Avonmere Council account" not in fresh.get("/sign-in").text
    assert fresh.post("/sign-on/avonmere-council-account", page="/sign-in").status_code == 404


def test_the_issuer_stays(administrator: Walker, fake: Fake) -> None:
    """A change cannot point the identities of people at another provider, whatever is posted."""
    ready(administrator, fake)
    said = TYPED | {"issuer": "https://login.example.org", "name_en": "Council", "version": version(administrator)}
    assert administrator.where(administrator.post(f"{HERE}/change", said)) == HERE
    page = administrator.get(HERE).text
    assert fake.issuer in page
    assert "login.example.org" not in page
    assert "Signs people in" in page, "a name is no reason to check again"


def test_what_was_checked_is_checked_again(administrator: Walker, fake: Fake) -> None:
    """Another client or host switches it off, and the old check counts no more."""
    ready(administrator, fake)
    said = TYPED | {"hosts": "keys.example.org", "version": version(administrator)}
    administrator.where(administrator.post(f"{HERE}/change", said))
    page = administrator.get(HERE).text
    assert "Switched off" in page
    assert "Not checked as it is now" in page
    assert "Set the secret and check it first" in press(administrator, "on")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name_en": ""}, "Enter the name in English"),
        ({"issuer": ""}, "Enter the issuer"),
        ({"issuer": "http://login.example.org"}, "Enter the https address"),
        ({"issuer": "https://user@login.example.org"}, "Enter the https address"),
        ({"client_id": "two words"}, "Enter the client ID: letters"),
        ({"hosts": "https://login.example.org"}, "Enter host names in lower case"),
        ({"second_step": ""}, "Select how you know"),
        ({"values": " , "}, "Enter the values, such as mfa"),
        ({"values": "two words"}, "Enter values without spaces"),
        ({"agency": "riverside-academy"}, "Leave this and the groups empty"),
        ({"agency": "nobody-knows"}, "Select whose people"),
        ({"role_claim": ""}, "Enter the claim that has the groups"),
        ({"role_claim": "two words"}, "Enter the claim and the groups"),
        ({"council_admin": "MASH"}, "Enter each group once"),
    ],
)
def test_a_mistake_is_beside_its_field(administrator: Walker, fake: Fake, typed: dict[str, str], says: str) -> None:
    said = TYPED | {"issuer": fake.issuer, "version": version(administrator)} | typed
    answer = administrator.post("/council/sign-on/new", said)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert says in answer.text
    assert "MASH\nDuty" in answer.text.replace("\r", "")
    assert "None yet" in administrator.get("/council/sign-on").text


def test_the_same_issuer_twice(administrator: Walker, fake: Fake) -> None:
    add(administrator, fake)
    said = TYPED | {"issuer": fake.issuer, "version": version(administrator), "name_en": "Another"}
    answer = administrator.post("/council/sign-on/new", said)
    assert answer.status_code == 422
    assert "not in the list yet" in answer.text


def test_an_agencys_provider(administrator: Walker, fake: Fake) -> None:
    """Its people are the agency's, with no role of the council."""
    typed = {"agency": "riverside-academy", "role_claim": "", "council_admin": "", "screener": ""}
    add(administrator, fake, **typed)
    page = administrator.get(HERE).text
    assert "Riverside Academy" in page
    assert "Roles by groups" not in page


def test_somebody_saved_meanwhile(administrator: Walker, fake: Fake) -> None:
    add(administrator, fake)
    answer = administrator.post(f"{HERE}/change", TYPED | {"name_en": "Mine", "version": "1"})
    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert administrator.post(f"{HERE}/state", {"do": "remove", "version": "1"}, page=HERE).status_code == 409


def test_removed_with_its_secret(administrator: Walker, fake: Fake, admin: Admin) -> None:
    """Only when it is off; a provider of the same name begins without a secret."""
    ready(administrator, fake)
    answer = administrator.post(f"{HERE}/state", {"do": "remove", "version": version(administrator)}, page=HERE)
    assert answer.status_code == 409
    press(administrator, "off")
    answer = administrator.post(f"{HERE}/state", {"do": "remove", "version": version(administrator)}, page=HERE)
    assert administrator.where(answer) == "/council/sign-on"
    assert administrator.get(HERE).status_code == 404
    assert admin.execute("select 1 from sign_on_secret union all select 1 from sign_on_check").fetchall() == []


def test_bringing_settings_back_brings_no_provider_back(administrator: Walker, fake: Fake, admin: Admin) -> None:
    """An older state of the settings must not switch on what was switched off since."""
    ready(administrator, fake)
    press(administrator, "off")
    on = "select max(number) from settings_change where settings -> 'sign_on' -> 0 ->> 'in_use' = 'true'"
    number = str(admin.execute(on).fetchall()[0][0])
    said = {"number": number, "version": version(administrator)}
    administrator.where(administrator.post("/council/history", said))
    resolve.forget()
    assert "Switched off" in administrator.get(HERE).text


def test_a_session_of_long_ago_shows_again_who_it_is(administrator: Walker, fake: Fake) -> None:
    """Pages lead to showing it; a form that was typed stays on its page, and nothing is saved."""
    add(administrator, fake)
    typed = TYPED | {"name_en": "Typed long ago", "version": version(administrator)}
    token = administrator.token(f"{HERE}/change")
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(update(AccountSession).values(signed_in_at=clock.now() - timedelta(minutes=20)))
    for page in ("/council/sign-on", "/council/sign-on/new", HERE, f"{HERE}/change", f"{HERE}/secret"):
        assert administrator.where(administrator.get(page)) == "/account/again", page
    answer = administrator.send(f"{HERE}/change", typed | {"csrf_token": token})
    assert answer.status_code == 403
    assert "Typed long ago" in answer.text
    assert "Show who you are" in answer.text
    for step, said in (("secret", {"secret": "x"}), ("check", {}), ("state", {"do": "remove", "version": "2"})):
        answer = administrator.send(f"{HERE}/{step}", said | {"csrf_token": token})
        assert administrator.where(answer) == "/account/again"
    with db.unit_of_work(Scope(administrator.council, scope.SYSTEM)):
        kept = settings_queries.stored().document["sign_on"]
    assert [one["name"] for one in kept] == [{"en": "Avonmere Council account"}]


def test_the_commands_refuse_other_people(administrator: Walker, fake: Fake) -> None:
    add(administrator, fake)
    key = HERE.rpartition("/")[2]
    screener = make_person(administrator.council, role="screener")
    boss = make_person(administrator.council, role="council_admin")
    seen = int(version(administrator))
    refused: list[Callable[[], Any]] = [
        lambda: commands.add(screener.actor, {"key": "x"}, seen),
        lambda: commands.change(screener.actor, key, {}, seen),
        lambda: commands.set_secret(screener.actor, key, "x"),
        lambda: commands.check(screener.actor, key),
        lambda: commands.switch_on(screener.actor, key, seen),
        lambda: commands.switch_off(screener.actor, key, seen),
        lambda: commands.remove(screener.actor, key, seen),
        lambda: commands.check(boss.actor, "nobody-knows"),
    ]
    for act in refused:
        with pytest.raises(NotFound), db.unit_of_work(scope.Scope(administrator.council, screener.actor)):
            act()
    with pytest.raises(Invalid), db.unit_of_work(boss.scope):
        commands.switch_on(boss.actor, key, seen)
    with pytest.raises(Conflict), db.unit_of_work(boss.scope):
        commands.switch_off(boss.actor, key, seen + 1)
    with pytest.raises(Forbidden), db.unit_of_work(boss.scope):
        own_settings.change(boss.actor, {("sign_on",): []}, seen)


def test_sessions_of_another_council(at_the_council: Callable[..., Walker], fake: Fake) -> None:
    """A council that ends the sessions of an issuer ends none of people who have no place in it."""
    wales: Council = at_the_council("wales").council
    person = make_person(at_the_council().council, role="screener")
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(update(AccountSession).values(issuer=fake.issuer))
    del person
    with db.unit_of_work(Scope(wales, scope.SYSTEM)):
        assert sign_on.end_sessions(fake.issuer, "sign_on_off") == 1, "its own administrator's"


@pytest.mark.parametrize(
    ("name", "taken", "key"),
    [
        ("Avonmere Council account", (), "avonmere-council-account"),
        ("Ysgol Sant Iâl", (), "ysgol-sant-ial"),
        ("Trust", ("trust", "trust-2"), "trust-3"),
        ("2nd Trust", (), "provider-2nd-trust"),
        ("李", (), "provider"),
    ],
)
def test_keys(name: str, taken: tuple[str, ...], key: str) -> None:
    assert key_for(name, taken) == key
