"""A provider says that somebody signed out there: exactly those sessions end, and no false word ends any."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import insert, update

from portal.adapters import identity, ports
from portal.auth.commands import sign_on
from portal.auth.models import AccountSession, SignOnLink
from portal.auth.queries import providers
from portal.auth.sso import LOGOUT_EVENT
from portal.kernel import clock, db, scope
from portal.kernel.scope import Scope
from portal.tenants import resolve
from tests.auth.identity_provider import CLIENT, FOREIGN, HUGE, KEY, LOOSE, SECRET, Fake, running
from tests.auth.test_single_sign_on import visit
from tests.auth.walking import Walker
from tests.factories.people import Person, make_person, open_session

Admin = psycopg.Connection[tuple[object, ...]]

ADDRESS = "/sign-on/staff/signed-out"


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A provider, and a portal that remembers none."""
    ports.use_identities(identity.OverHttp(local=True))
    with running() as provider:
        yield provider


@pytest.fixture
def there(fake: Fake, knows_provider: Callable[..., None], walker: Walker) -> Walker:
    """The provider's own client of HTTP: no cookie and no token of ours."""
    found = {
        "key": "staff",
        "name": {"en": "Avonmere Council"},
        "issuer": fake.issuer,
        "client_id": CLIENT,
        "second_step": ["mfa"],
    }
    knows_provider(walker.council.slug, found)
    return walker


def came_through(fake: Fake, person: Person, subject: str = "s-1", *sids: str, link: bool = True) -> None:
    """Sessions of a person that the provider opened, one for each of its own."""
    for sid in sids or ("",):
        key = open_session(person, strength="sso")
        assert key
        with db.unit_of_work(scope.NOWHERE) as session:
            session.execute(
                update(AccountSession)
                .where(AccountSession.account_id == person.account_id, AccountSession.issuer == "")
                .values(issuer=fake.issuer, sid=sid)
            )
    if link:
        with db.unit_of_work(scope.NOWHERE) as session:
            session.execute(
                insert(SignOnLink).values(account_id=person.account_id, issuer=fake.issuer, subject=subject)
            )


def token(fake: Fake, key: Any = KEY, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A logout token by the book, but for what is said otherwise; None leaves a claim out."""
    now = int(clock.now().timestamp())
    said: dict[str, Any] = {
        "iss": fake.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "one", "sub": "s-1",
        "events": {LOGOUT_EVENT: {}},
    } | claims  # fmt: skip
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "good", "typ": "logout+jwt"} | (header or {}), said, key, registry=LOOSE)


def tell(there: Walker, sent: str) -> int:
    return there.send(ADDRESS, {"logout_token": sent}).status_code


def alive(admin: Admin, person: Person) -> list[str]:
    """The provider's names of the person's sessions that are alive."""
    query = "select sid from account_session where account_id = %s order by sid"
    return [str(row[0]) for row in admin.execute(query, (person.account_id,)).fetchall()]


def test_all_sessions_of_whoever_signed_out(there: Walker, fake: Fake, admin: Admin) -> None:
    """Of this person by this issuer, and nobody else's; recorded with whom it was and no name."""
    one, other = (make_person(there.council, role="screener") for _ in range(2))
    came_through(fake, one, "s-1", "a", "b")
    came_through(fake, other, "s-2", "c")
    open_session(one)
    answer = there.send(ADDRESS, {"logout_token": token(fake)})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert alive(admin, one) == [""], "the one that was opened here"
    assert alive(admin, other) == ["c"]
    found = admin.execute("select subject_id, detail from audit_event where event = 'auth.session_ended'").fetchall()
    assert found == [(one.account_id, {"reason": "signed_out_there"})] * 2


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"sub": None, "sid": "a"}, ["b"]),
        ({"sub": "s-1", "sid": "a"}, ["b"]),
        ({"sub": "s-2", "sid": "a"}, ["a", "b"]),
        ({"sub": None, "sid": "another"}, ["a", "b"]),
        ({"sub": "nobody"}, ["a", "b"]),
        ({"aud": [CLIENT]}, []),
        ({"exp": None}, []),
    ],
)
def test_one_session_there(there: Walker, fake: Fake, admin: Admin, said: dict[str, Any], left: list[str]) -> None:
    """A session there is a session here; a message about somebody unknown is good and ends nothing."""
    person = make_person(there.council, role="screener")
    came_through(fake, person, "s-1", "a", "b")
    assert tell(there, token(fake, **said)) == 200
    assert alive(admin, person) == left


def test_a_provider_that_never_said_which_session(there: Walker, fake: Fake, admin: Admin) -> None:
    """Then whoever it names is signed out of all that it opened."""
    person = make_person(there.council, role="screener")
    came_through(fake, person, "s-1", "")
    assert tell(there, token(fake, sid="a")) == 200
    assert alive(admin, person) == []


def test_told_twice(there: Walker, fake: Fake, admin: Admin) -> None:
    """The same message ends no session that was opened since."""
    person = make_person(there.council, role="screener")
    came_through(fake, person, "s-1", "a")
    sent = token(fake)
    assert tell(there, sent) == 200
    came_through(fake, person, "s-1", "b", link=False)
    assert tell(there, sent) == 400
    assert alive(admin, person) == ["b"]


def bad(fake: Fake) -> dict[str, str]:
    """Everything that is no logout token of this provider."""
    now = int(clock.now().timestamp())
    symmetric = OctKey.generate_key(256, {"kid": "good"})
    return {
        "nothing": "",
        "garbled": "a.b.c",
        "huge": "x" * (HUGE // 20),
        "a foreign key": token(fake, FOREIGN),
        "an unknown key": token(fake, header={"kid": "nobody's"}),
        "a symmetric signature": jwt.encode(
            {"alg": "HS256", "kid": "good"}, {"iss": fake.issuer}, symmetric, algorithms=["HS256"]
        ),
        "a key of its own": token(fake, header={"jku": f"{fake.issuer}/keys"}),
        "another type": token(fake, header={"typ": "at+jwt"}),
        "another issuer": token(fake, iss="https://login.example.org"),
        "no issuer": token(fake, iss=None),
        "another audience": token(fake, aud="another"),
        "two audiences": token(fake, aud=[CLIENT, "another"]),
        "no time": token(fake, iat=None),
        "long ago": token(fake, iat=now - 7_200, exp=now + 60),
        "in future": token(fake, iat=now + 600),
        "expired": token(fake, exp=now - 120),
        "no name": token(fake, jti=None),
        "a name that is no text": token(fake, jti=7),
        "no event": token(fake, events=None),
        "another event": token(fake, events={"http://schemas.openid.net/event/other": {}}),
        "an event that is no object": token(fake, events={LOGOUT_EVENT: "yes"}),
        "a nonce, as an ID token has": token(fake, nonce="n"),
        "nobody": token(fake, sub=None),
        "a subject that is no text": token(fake, sub=7),
        "an empty subject": token(fake, sub=""),
    }


def test_words_that_are_not_to_be_trusted(there: Walker, fake: Fake, admin: Admin) -> None:
    """Each is refused with the same words, and ends nothing."""
    person = make_person(there.council, role="screener")
    came_through(fake, person, "s-1", "a")
    answers = {name: there.send(ADDRESS, {"logout_token": sent}) for name, sent in bad(fake).items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 400)
    assert {json.dumps(answer.json) for answer in answers.values()} == {'{"error": "invalid_request"}'}
    twice = there.client.post(f"/{there.council.slug}{ADDRESS}", data={"logout_token": [token(fake), token(fake)]})
    assert twice.status_code == 400
    assert alive(admin, person) == ["a"]


def test_other_addresses_still_need_a_token(there: Walker, fake: Fake) -> None:
    """Only this one address takes a form without our own token."""
    del fake
    assert there.send("/sign-on/staff", {}).status_code == 400


def test_a_provider_whose_keys_cannot_be_had(there: Walker, fake: Fake) -> None:
    """It is told to try again, and that nothing was done."""
    sent = token(fake)
    fake.how = "metadata_redirects"
    assert tell(there, sent) == 503


def test_a_council_that_does_not_know_it(fake: Fake, new_walker: Callable[..., Walker], there: Walker) -> None:
    """The address is not there."""
    del there
    assert tell(new_walker("wales"), token(fake)) == 404


def test_a_session_remembers_which_one_it_is_there(there: Walker, fake: Fake, admin: Admin) -> None:
    """From the ID token into the session."""
    person = make_person(there.council, role="screener")
    came_through(fake, person)
    fake.person["sid"] = "their-session"
    with db.unit_of_work(Scope(resolve.by_slug(there.council.slug), scope.SYSTEM)):
        sign_on.set_secret(providers.named("staff"), SECRET)
    assert visit(there) == "/holding-area"
    assert "their-session" in alive(admin, person)
