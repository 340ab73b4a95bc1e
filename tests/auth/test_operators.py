"""Operators: made by the command line alone, signed in with a passkey alone, and nothing of any council's."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from config.settings import Settings, SettingsMistakes, load
from portal.adapters import outbox
from portal.auth import operators, totp
from portal.auth.commands import operators as commands
from portal.cli import operators as cli
from portal.kernel import clock, db, scope
from portal.kernel.errors import Conflict, NotFound
from portal.kernel.scope import Scope
from portal.referrals.models import Referral
from tests.auth.walking import PASSWORD, TOKEN
from tests.factories.apps import app_code, seed_of
from tests.factories.operators import add_row, end_row, make_operator
from tests.factories.passkeys import Device
from tests.factories.people import make_person, sign_in
from tests.factories.referrals import make_referral
from tests.fixtures.councils import Councils

Admin = psycopg.Connection[tuple[object, ...]]
OPTIONS = re.compile(r'data-options="([^"]+)"')
LINK = re.compile(r"http://[^/]+(/operator/set-up/\S+)")
KEY = re.compile(r'class="app-key">([^<]+)<')
EMAIL = "oona.reid@portal.example"


@dataclass
class Desk:
    """An operator's browser."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, fields: dict[str, Any] | None = None, page: str = "") -> TestResponse:
        found = TOKEN.search(self.get(page or path).get_data(as_text=True))
        assert found, page or path
        return self.client.post(path, data={"csrf_token": found.group(1), **(fields or {})})

    def options(self, path: str) -> str:
        found = OPTIONS.search(self.get(path).get_data(as_text=True))
        assert found, path
        return html.unescape(found.group(1))


@pytest.fixture
def desk(app: Flask, councils: Councils) -> Desk:
    """A browser outside every council."""
    del councils
    return Desk(app.test_client())


@pytest.fixture
def with_app(app: Flask) -> Iterator[None]:
    """The demonstration's way of signing in."""
    del app
    operators.sign_in_by("app")
    yield
    operators.sign_in_by("passkey")


@pytest.fixture
def owner(app: Flask, settings: Settings) -> Iterator[Callable[..., Any]]:
    """Runs something as the owner of the tables, as the command line does."""
    del app
    engine = db.make_engine(settings.database_url_owner, pool_size=1)
    before = db._factory

    def run(act: Callable[..., Any], *values: Any) -> Any:
        db.bind(engine)
        try:
            with db.unit_of_work(Scope(actor=scope.SYSTEM)):
                return act(*values)
        finally:
            db._factory = before

    yield run
    engine.dispose()


def link_to(jobs: Callable[[], None], email: str = EMAIL) -> str:
    jobs()
    with db.unit_of_work(scope.NOWHERE):
        found = LINK.search(outbox.kept(email)[0].body)
    assert found
    return found.group(1)


def test_from_the_command_line_to_the_list_of_councils(
    desk: Desk, owner: Callable[..., Any], run_jobs: Callable[[], None], settings: Settings, admin: Admin
) -> None:
    owner(cli.added, EMAIL, "Oona Reid", "the two directors")
    link, device = link_to(run_jobs), Device(settings.base_url)
    answer = desk.post(link, {"credential": device.make(desk.options(link))})
    assert answer.headers["Location"] == "/operator"
    assert "Glan-yr-Afon" in desk.get("/operator").text
    assert desk.get(link).status_code == 404  # it works once
    desk.post("/operator/sign-out", page="/operator")
    assert desk.get("/operator").headers["Location"] == "/operator/sign-in"
    used = {"credential": device.use(desk.options("/operator/sign-in"))}
    assert desk.post("/operator/sign-in/passkey", used, page="/operator/sign-in").headers["Location"] == "/operator"
    assert desk.get("/operator").status_code == 200
    events = [row[0] for row in admin.execute("select event from audit_event where tenant_id is null order by at")]
    assert {"auth.operator_added", "auth.operator_set_up", "auth.factor_set_up", "auth.signed_in"} <= set(events)


def test_a_passkey_that_is_no_operators_and_a_password_open_nothing(
    desk: Desk, councils: Councils, admin: Admin, settings: Settings
) -> None:
    assert "credential" in desk.get("/operator/sign-in").text
    answer = desk.post("/operator/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 404
    assert desk.get("/operator/sign-in/authenticator").status_code == 404
    person = make_person(councils.england, role="council_admin")
    sign_in(desk.client, person)
    assert desk.get("/operator").status_code == 403
    for strength in ("totp", "sso", "email"):
        sign_in(desk.client, make_operator(admin, councils.england, strength=strength))
        assert desk.get("/operator").status_code == 403
        assert desk.get("/avonmere/account").status_code == 403


def test_on_the_demonstration_password_and_app_will_do(
    desk: Desk, with_app: None, owner: Callable[..., Any], run_jobs: Callable[[], None], admin: Admin
) -> None:
    del with_app
    owner(cli.added, EMAIL, "Oona Reid", "the two directors")
    link = link_to(run_jobs)
    refused = desk.post(link, {"password": "short", "code": "000000"})
    assert refused.status_code == 422
    found = KEY.search(refused.text)
    assert found
    code = totp.code_at(seed_of(found.group(1)), totp.step_of(clock.now()))
    answer = desk.post(link, {"password": PASSWORD, "code": code})
    assert answer.headers["Location"] == "/operator"
    desk.post("/operator/sign-out", page="/operator")
    to_code = desk.post("/operator/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert to_code.headers["Location"] == "/operator/sign-in/authenticator"
    account_id = admin.execute("select id from account where email = %s", (EMAIL,)).fetchone()
    assert account_id
    answer = desk.post("/operator/sign-in/authenticator", {"code": app_code(account_id[0])})  # type: ignore[arg-type] # a uuid
    assert answer.headers["Location"] == "/operator"


def test_the_app_is_for_the_demonstration_only() -> None:
    values = {"DATABASE_URL": "postgresql://x/y", "PORTAL_OPERATOR_SIGN_IN": "app"}
    assert load(values | {"DEMO": "true"}).portal_operator_sign_in == "app"
    with pytest.raises(SettingsMistakes, match="PORTAL_OPERATOR_SIGN_IN=app"):
        load(values)


def test_a_link_ends_after_two_days_and_when_another_is_sent(
    desk: Desk, owner: Callable[..., Any], run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner(cli.added, EMAIL, "Oona Reid", "the two directors")
    first = link_to(run_jobs)
    owner(cli.added, EMAIL, "Oona Reid", "the two directors")
    second = link_to(run_jobs)
    assert first != second
    assert desk.get(first).status_code == 404
    assert desk.get(second).status_code == 200
    later = clock.now() + commands.LINK_LIFE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert desk.get(second).status_code == 404


def test_idle_for_fifteen_minutes_and_four_hours_in_all(desk: Desk, councils: Councils, admin: Admin) -> None:
    operator = make_operator(admin, councils.england)
    for column, minutes in (("seen_at", 16), ("signed_in_at", 241)):
        sign_in(desk.client, operator)
        assert desk.get("/operator").status_code == 200
        admin.execute(f"update account_session set {column} = now() - interval '{minutes} minutes'".encode())
        assert desk.get("/operator").headers["Location"] == "/operator/sign-in"


def test_ending_an_operator_ends_their_session_and_the_last_one_stays(
    desk: Desk, councils: Councils, admin: Admin, owner: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = make_operator(admin, councils.england), make_operator(admin, councils.england)
    sign_in(desk.client, one)
    owner(cli.ended, one.email)
    assert "add a second one" in capsys.readouterr().out
    assert desk.get("/operator").headers["Location"] == "/operator/sign-in"
    with pytest.raises(Conflict):
        owner(commands.end, other.email)
    with pytest.raises(NotFound):
        owner(commands.end, one.email)
    sign_in(desk.client, other)
    end_row(admin, other.account_id)  # at the very next request, whatever the session says
    assert desk.get("/operator").status_code == 403


def test_an_operators_membership_does_not_count(desk: Desk, councils: Councils, admin: Admin) -> None:
    person = make_person(councils.england, role="screener")
    sign_in(desk.client, person)
    assert desk.get("/avonmere/holding-area").status_code == 200
    add_row(admin, person.account_id)
    assert desk.get("/avonmere/holding-area").status_code == 403
    assert desk.get("/operator").status_code == 200
    assert desk.get("/avonmere/operator").status_code == 404  # not within a council


def test_the_walls_of_the_database(app: Flask, councils: Councils, admin: Admin) -> None:
    del app
    operator = make_operator(admin, councils.england)
    make_referral(councils.england, make_person(councils.england))
    with db.unit_of_work(Scope(actor=operator.actor)) as session, db.in_council(councils.england):
        assert session.execute(select(func.count()).select_from(Referral)).scalar_one() == 0
    with pytest.raises(ProgrammingError, match="permission denied"), db.unit_of_work(Scope(actor=scope.SYSTEM)):
        commands.add(EMAIL, "Oona Reid", "nobody")
