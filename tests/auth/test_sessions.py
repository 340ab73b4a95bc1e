"""Sessions: stored hashed, idle and absolute limits, revoked for good, listed and ended by their person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest
from flask import Flask, g, request, session
from sqlalchemy import QueuePool

from portal.auth.sessions import PLAIN_NAME, PostgresSessions, ServerSession, hashed
from portal.kernel import clock, db
from portal.kernel.errors import Unavailable
from portal.tenants import resolve
from tests.auth.walking import Walker
from tests.factories import people

Admin = psycopg.Connection[tuple[object, ...]]


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def signed_in(walker: Walker) -> bool:
    return walker.get("/account").status_code == 200


def test_only_the_hash_is_stored(walker: Walker, admin: Admin) -> None:
    key = people.sign_in(walker.client, people.make_person(walker.council))
    assert signed_in(walker)
    rows = admin.execute("select id_hash, data::text from account_session").fetchall()
    assert [row[0] for row in rows] == [hashed(key)]
    assert key not in str(rows)


@pytest.mark.parametrize(("role", "idle"), [("referrer", 30), ("screener", 30), ("council_admin", 15)])
def test_an_idle_session_ends(walker: Walker, monkeypatch: pytest.MonkeyPatch, role: str, idle: int) -> None:
    begun = clock.now()
    people.sign_in(walker.client, people.make_person(walker.council, role=role))
    at(monkeypatch, begun + timedelta(minutes=idle - 1))
    assert signed_in(walker)
    at(monkeypatch, begun + timedelta(minutes=2 * idle - 3))
    assert signed_in(walker)
    at(monkeypatch, begun + timedelta(minutes=3 * idle))
    assert not signed_in(walker)


@pytest.mark.parametrize(("role", "hours"), [("referrer", 12), ("council_admin", 8)])
def test_a_session_in_use_ends_too(walker: Walker, monkeypatch: pytest.MonkeyPatch, role: str, hours: int) -> None:
    begun = clock.now()
    people.sign_in(walker.client, people.make_person(walker.council, role=role))
    for minutes in range(0, hours * 60, 10):
        at(monkeypatch, begun + timedelta(minutes=minutes))
        assert signed_in(walker), minutes
    at(monkeypatch, begun + timedelta(hours=hours, minutes=5))
    assert not signed_in(walker)


def test_a_revoked_session_is_not_brought_back(walker: Walker, admin: Admin, app: Flask) -> None:
    key = people.sign_in(walker.client, people.make_person(walker.council))
    with app.test_request_context("/account", headers={"Cookie": f"{PLAIN_NAME}={key}"}):
        assert isinstance(session._get_current_object(), ServerSession)  # type: ignore[attr-defined] # a proxy
        admin.execute("delete from account_session")
        session["typed"] = "something"
        answer = app.make_response("")
        PostgresSessions(secure=False).save_session(app, session, answer)
    assert admin.execute("select count(*) from account_session").fetchone() == (0,)


def test_an_unknown_cookie_makes_no_session(walker: Walker, admin: Admin) -> None:
    walker.client.set_cookie(PLAIN_NAME, "made up", domain="localhost")
    walker.client.get("/live")
    assert admin.execute("select count(*) from account_session").fetchone() == (0,)


def test_what_was_not_kept_is_not_announced(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    people.sign_in(walker.client, people.make_person(walker.council))
    token = walker.token("/account")
    commit = db.commit

    def fail() -> None:
        if request.method == "POST" and not g.get("failed"):
            g.failed = True
            db.rollback()
            raise Unavailable("the database went away before the commit")
        commit()

    monkeypatch.setattr(db, "commit", fail)
    for path in ("/account/language", "/sign-out"):
        answer = walker.send(path, {"lang": "cy", "csrf_token": token})
        assert answer.status_code == 503
        shown = walker.get("/account")
        assert shown.status_code == 200  # not signed out either
        assert "govuk-notification-banner" not in shown.text


@pytest.mark.parametrize("path", ["/account", "/referrals", "/"])
def test_without_a_free_connection_the_service_is_unavailable(
    walker: Walker, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    people.sign_in(walker.client, people.make_person(walker.council))
    walker.get("/account")
    engine = db.new_session().get_bind().engine
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    patience = pool._timeout
    monkeypatch.setattr(pool, "_timeout", 0.05)
    monkeypatch.setattr(resolve, "FRESH_SECONDS", -1.0)  # the councils are read again, too
    held = [pool.connect() for _ in range(pool.size() + pool._max_overflow)]
    try:
        answer = walker.get(path)
    finally:
        for one in held:
            one.close()
        # The pool that follows a disposed one has its patience: the tests after this one need their own.
        monkeypatch.setattr(pool, "_timeout", patience)
        engine.dispose()
    # The front page needs nobody and no table: it still says whom to ring.
    assert answer.status_code == (200 if path == "/" else 503)
    assert "999" in answer.text


def test_signing_out_everywhere_ends_every_browser(new_walker: Callable[[], Walker]) -> None:
    here, there = new_walker(), new_walker()
    person = people.make_person(here.council)
    for walker in (here, there):
        people.sign_in(walker.client, person)
    page = here.get("/account").text
    assert page.count("This browser") == 1
    assert page.count("Another browser") == 1
    assert here.where(here.post("/account/sign-out-everywhere", page="/account")) == "/sign-in"
    assert not signed_in(there)
    assert not signed_in(here)


def test_a_suspended_account_is_out_at_once(walker: Walker, admin: Admin) -> None:
    people.sign_in(walker.client, people.make_person(walker.council))
    assert signed_in(walker)
    admin.execute("update account set state = 'suspended'")
    assert not signed_in(walker)


def test_the_language_chosen_is_the_accounts(walker: Walker, admin: Admin) -> None:
    people.sign_in(walker.client, people.make_person(walker.council))
    answer = walker.post("/account/language", {"lang": "cy"}, page="/account")
    assert walker.where(answer) == "/account"
    assert admin.execute("select language from account").fetchone() == ("cy",)
    assert 'lang="cy"' in walker.get("/account").text
    assert walker.post("/account/language", {"lang": "fr"}, page="/account").status_code == 422


def test_a_cookie_cannot_be_read_by_scripts_or_other_sites(walker: Walker) -> None:
    cookie = walker.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
