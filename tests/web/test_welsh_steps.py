"""In Welsh, the pages that come only after others: registering, a report to its outcome, the emails between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from portal.adapters import outbox
from portal.auth import passwords
from portal.auth.policy import Permission
from portal.kernel import clock, db, scope
from portal.messaging import commands as messaging
from portal.referrals.queries.record import find
from portal.web.limits import limiter
from tests.auth.walking import PASSWORD, TYPED, Walker
from tests.factories.decisions import fields as grounds_of
from tests.factories.pages import fields_of, submit
from tests.factories.people import Person, make_person, sign_in
from tests.factories.referrals import Child, make_referral
from tests.fixtures.councils import FOLDERS, Councils
from tests.referrals.making import make_draft, send_draft
from tests.web.welsh import council_english, english_in, faults, plain

EMAIL = "s.jones@enghraifft.glanyrafon.sch.uk"
SHARED = "s.jones@wales.nhs.uk"
ROUTES = ("MASH_URGENT", "MASH", "EARLY_HELP", "ADVICE")


@pytest.fixture
def app(_application: Flask, database: object, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The whole product, not the small application of the other tests here."""
    del database
    monkeypatch.setattr(limiter, "enabled", False)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return _application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    made = app.test_client()
    made.set_cookie("language", "cy", domain="localhost")
    return made


@pytest.fixture
def in_welsh(client: FlaskClient) -> Callable[..., None]:
    """Reads a page of the Welsh council and says what is wrong with it."""

    def read(path: str, status: int = 200) -> None:
        answer = client.get(f"/glan-yr-afon{path}")
        assert answer.status_code == status, path
        assert faults(answer, council_english(FOLDERS / "glan-yr-afon")) == [], path

    return read


def emails() -> Iterator[tuple[str, list[str]]]:
    """The subject and the lines of every email that was sent."""
    with db.unit_of_work(scope.NOWHERE):
        mails = outbox.kept("")
    for mail in mails:
        yield mail.subject, [plain(line) for line in (mail.subject, *mail.body.splitlines()) if line.strip()]


def test_registering_and_signing_in(
    client: FlaskClient, councils: Councils, run_jobs: Callable[[], None], in_welsh: Callable[..., None]
) -> None:
    walker = Walker(client, councils.wales, run_jobs)
    assert walker.where(walker.post("/register", TYPED | {"email": SHARED})) == "/register/agency"
    in_welsh("/register/agency")
    walker.to_code(EMAIL)
    in_welsh("/register/agency")
    in_welsh("/register/code")
    for refused in ({"code": ""}, {"code": "000000"}):
        answer = walker.post("/register/code", refused)
        assert (answer.status_code, faults(answer)) == (422, [])
    assert walker.where(walker.post("/register/code", {"code": walker.code(EMAIL)})) == "/register/password"
    in_welsh("/register/password")
    for weak in ("short", "a" * 300, "ffion llwyd ffion", "password password"):
        answer = walker.post("/register/password", {"password": weak})
        assert (answer.status_code, faults(answer)) == (422, []), weak
    assert walker.where(walker.post("/register/password", {"password": PASSWORD})) == "/account/protect"
    for page in ("/account/protect", "/account/authenticator", "/account", "/waiting"):
        in_welsh(page)
    in_welsh("/")
    assert walker.where(walker.post("/sign-out", page="/account"))
    walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD})
    in_welsh("/sign-in/code")
    assert {subject for subject, lines in emails() if english_in(lines)} == set()


def test_refused_addresses(client: FlaskClient, councils: Councils, run_jobs: Callable[[], None]) -> None:
    walker = Walker(client, councils.wales, run_jobs)
    for address in ("nonsense", "office@enghraifft.glanyrafon.sch.uk", "a@gmail.com", "guest.x@hwbcymru.net"):
        answer = walker.post("/register", TYPED | {"email": address})
        assert answer.status_code in (303, 422), address
        assert answer.status_code == 303 or faults(answer) == [], address


def test_joining_another_council(client: FlaskClient, councils: Councils, in_welsh: Callable[..., None]) -> None:
    elsewhere = make_person(councils.england, email=EMAIL)
    sign_in(client, elsewhere)
    in_welsh("/")
    in_welsh("/join")


@pytest.mark.parametrize("route", ROUTES)
def test_a_draft_with_each_route(
    client: FlaskClient, councils: Councils, in_welsh: Callable[..., None], route: str
) -> None:
    teacher = make_person(councils.wales)
    sign_in(client, teacher)
    made = make_referral(councils.wales, teacher, route=route, out_of_hours=route == "MASH", language="cy")
    in_welsh(f"/referrals/{made.reference}/receipt")
    in_welsh(f"/referrals/{made.reference}")
    draft = make_draft(teacher)
    for page in ("", "/route", "/check", "/delete"):
        in_welsh(f"/report/{draft}{page}")
    in_welsh("/report")


def test_from_sending_to_the_outcome(
    client: FlaskClient, councils: Councils, run_jobs: Callable[[], None], in_welsh: Callable[..., None]
) -> None:
    teacher = make_person(councils.wales, name="Nia Prys", email=EMAIL, language="cy")
    ali = make_person(councils.wales, role="screener", name="Ali Rees", language="cy")
    reference = send_draft(teacher, make_draft(teacher))
    sign_in(client, ali)
    submit(client, councils.wales, f"/screening/{reference}", f"/screening/{reference}/claim")
    say_on(ali, Permission.ASK, messaging.ask, reference, "Ble mae hi?")
    for place in (f"/screening/{reference}", "/holding-area?tab=waiting", f"/screening/{reference}/decide"):
        in_welsh(place)
    sign_in(client, teacher)
    in_welsh(f"/referrals/{reference}")
    say_on(teacher, Permission.TRACK, messaging.reply, reference, "Gartref.")
    sign_in(client, ali)
    outcomes = [one.key for one in councils.wales.settings.outcomes]
    in_welsh(f"/screening/{reference}/decide?outcome={outcomes[0]}")
    decide(client, councils, reference, outcomes[0])
    for place in (f"/screening/{reference}", "/holding-area?tab=decided"):
        in_welsh(place)
    sign_in(client, teacher)
    for place in (f"/referrals/{reference}", "/referrals"):
        in_welsh(place)
    run_jobs()
    assert len(list(emails())) >= len(("received", "question", "reply", "outcome"))
    assert {subject for subject, lines in emails() if english_in(lines)} == set()


def say_on(person: Person, permission: Permission, command: Any, reference: str, text: str) -> None:
    """Write on a report's thread, as its page would."""
    with db.unit_of_work(person.scope):
        command(person.actor, find(person.actor, permission, reference), text, uuid4())


def decide(client: FlaskClient, councils: Councils, reference: str, outcome: str) -> None:
    """Record the outcome: first without its words, which is refused in Welsh, then with them."""
    place = f"/screening/{reference}/decide"
    shown = client.get(f"/glan-yr-afon{place}?outcome={outcome}")
    fields = fields_of(shown, place)
    refused = client.post(f"/glan-yr-afon{place}", data=fields | {"rationale": "", "told": ""})
    assert (refused.status_code, faults(refused)) == (422, [])
    typed = {"rationale": "Rhesymau", "told": "Diolch", "read_new": "1"} | grounds_of(outcome)
    assert client.post(f"/glan-yr-afon{place}", data=fields | typed).status_code == 303


def test_the_holding_area_with_everything_in_it(
    client: FlaskClient, councils: Councils, in_welsh: Callable[..., None]
) -> None:
    teacher = make_person(councils.wales)
    ali = make_person(councils.wales, role="practice_manager", name="Ali Rees")
    long_ago = clock.now() - timedelta(days=3)
    for number, state in enumerate(("sent", "screening", "asked", "answered", "decided", "withdrawn")):
        make_referral(
            councils.wales, teacher, route=ROUTES[number % 4], state=state, owner=ali, sent_at=long_ago,
            children=[Child()] * (number + 1), attention=True, overridden=True, out_of_hours=True,
            kind="urgent" if state == "sent" else "full", unread_by_council=1,
        )  # fmt: skip
    sign_in(client, ali)
    for tab in ("todo", "mine", "waiting", "answered", "decided"):
        in_welsh(f"/holding-area?tab={tab}&sort=age")
    in_welsh("/holding-area?overdue=yes&priority=urgent&owner=me")
    sign_in(client, teacher)
    in_welsh("/referrals")
