"""An identity provider that misbehaves signs nobody in, in each of its ways; one by the book does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from portal.adapters import identity, ports
from portal.auth.commands import sign_on
from portal.auth.commands.sign_on import Begun, Refused
from portal.auth.providers import Provider
from portal.auth.sso import Identity
from portal.kernel import clock, db
from portal.kernel.errors import Unavailable
from portal.kernel.scope import Scope
from tests.auth.identity_provider import CLIENT, SECRET, WAYS, Fake, parameters, running
from tests.fixtures.councils import Councils

BACK = "http://localhost:8000/avonmere/sign-on/staff/back"


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A provider, and a portal that remembers none."""
    ports.use_identities(identity.OverHttp(local=True))
    with running() as provider:
        yield provider


def provider_of(fake: Fake, **more: object) -> Provider:
    """The provider as a council describes it."""
    found = Provider("staff", {"en": "Avonmere Council"}, fake.issuer, CLIENT, second_step=("mfa",))
    return replace(found, **more)  # type: ignore[arg-type] # a test's own fields


@pytest.fixture
def provider(fake: Fake, councils: Councils) -> Iterator[Provider]:
    """The provider, known to England's council, whose scope the test runs in."""
    found = provider_of(fake)
    council = replace(councils.england, settings=replace(councils.england.settings, sign_on=(found,)))
    with db.unit_of_work(Scope(council)):
        sign_on.set_secret(found, SECRET)
        yield found


def visit(address: str) -> dict[str, str]:
    """Go to the provider as a browser and come back with what it says."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    return parameters(answer.headers["Location"])


def walk(provider: Provider) -> Identity:
    """There and back."""
    address, begun = sign_on.begin(provider, BACK)
    return sign_on.finish(provider, begun, visit(address))


def test_by_the_book(provider: Provider, fake: Fake) -> None:
    """Who signed in there is who the portal hears of, by issuer and subject."""
    found = walk(provider)
    assert found == Identity(fake.issuer, "s-1", "Siân O'Brien", "sian@example.org", "")


@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_misbehaving(provider: Provider, fake: Fake, way: str) -> None:
    """Refused for the reason it is wrong, and never by an accident further on."""
    fake.how = way
    if not WAYS[way]:
        with pytest.raises(Unavailable):
            walk(provider)
        return
    with pytest.raises(Refused) as refusal:
        walk(provider)
    assert refusal.value.reason == WAYS[way]


def test_an_answer_of_another_browser(provider: Provider) -> None:
    """What one browser was sent back with is nothing in another, nor without any beginning."""
    address, _mine = sign_on.begin(provider, BACK)
    _address, theirs = sign_on.begin(provider, BACK)
    said = visit(address)
    for begun in (theirs, None):
        with pytest.raises(Refused) as refusal:
            sign_on.finish(provider, begun, said)
        assert refusal.value.reason == "state"


def test_a_code_that_was_injected(provider: Provider) -> None:
    """A code that was given to another browser does not fit this one's verifier, even under its own state."""
    stolen = visit(sign_on.begin(provider, BACK)[0])
    address, begun = sign_on.begin(provider, BACK)
    with pytest.raises(Refused) as refusal:
        sign_on.finish(provider, begun, visit(address) | {"code": stolen["code"]})
    assert refusal.value.reason == "code_refused"


def test_a_code_that_was_used(provider: Provider) -> None:
    """The same answer a second time signs nobody in."""
    address, begun = sign_on.begin(provider, BACK)
    said = visit(address)
    sign_on.finish(provider, begun, said)
    with pytest.raises(Refused) as refusal:
        sign_on.finish(provider, begun, said)
    assert refusal.value.reason == "code_refused"


def test_an_answer_that_comes_too_late(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten minutes after it was begun, it is over."""
    address, begun = sign_on.begin(provider, BACK)
    said = visit(address)
    late = clock.now() + sign_on.LIFE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    with pytest.raises(Refused) as refusal:
        sign_on.finish(provider, begun, said)
    assert refusal.value.reason == "state"


def test_the_answer_of_another_provider(provider: Provider, fake: Fake) -> None:
    """What was begun with one provider is not finished with another of the same council."""
    address, begun = sign_on.begin(provider, BACK)
    other = replace(provider, key="another")
    with pytest.raises(Refused) as refusal:
        sign_on.finish(other, Begun(**vars(begun)), visit(address))
    assert refusal.value.reason == "state"


def test_a_key_that_changed(provider: Provider, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are asked for once more when a token names a new one, and then not again for a minute."""
    walk(provider)
    fake.how = "unknown_kid"
    for _time in range(3):
        with pytest.raises(Refused):
            walk(provider)
    assert fake.asked.count("/keys") == 1, "within a minute of the last time the keys are not asked for"
    monkeypatch.setattr(identity, "ASK_AGAIN_SECONDS", 0.0)
    with pytest.raises(Refused):
        walk(provider)
    assert fake.asked.count("/keys") == 2


def test_nobody_answers(provider: Provider) -> None:
    """A provider that is down is an outage, which says nothing about the person."""
    nobody = replace(provider, issuer="http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        sign_on.begin(nobody, BACK)


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["MASH"], "screener"),
        (["other", "Managers", "MASH"], "practice_manager"),
        ("MASH", "screener"),
        (["mash"], ""),
        ([], ""),
        (None, ""),
        ({"MASH": True}, ""),
        ([["MASH"]], ""),
    ],
)
def test_a_role_from_groups(provider: Provider, fake: Fake, groups: object, role: str) -> None:
    """The first of the council's own list that the token names, exactly as it is written."""
    fake.person["groups"] = groups
    roles = {"Managers": "practice_manager", "MASH": "screener"}
    assert walk(replace(provider, role_claim="groups", roles=roles)).role == role


def test_an_organisation_that_is_trusted(provider: Provider, fake: Fake) -> None:
    """A council may declare that its provider always asks for two factors; then the token need not say so."""
    fake.person["amr"] = ["pwd"]
    assert walk(replace(provider, second_step=("trusted",))).subject == "s-1"
