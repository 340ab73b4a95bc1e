"""One-time codes: hashed, short-lived, five tries, one browser, spent once, and by POST only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from portal.auth import envelope
from portal.auth.commands import codes
from portal.auth.commands.codes import Slip, WrongCode
from portal.auth.envelope import Details
from portal.auth.sessions import PLAIN_NAME
from portal.kernel import clock, db
from portal.kernel.scope import Scope
from tests.auth.walking import Walker
from tests.fixtures.councils import Councils

EMAIL = "s.jones@oakfield.avonmere.sch.uk"
Admin = psycopg.Connection[tuple[object, ...]]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_is_stored_hashed_and_what_was_typed_sealed(walker: Walker, admin: Admin) -> None:
    walker.to_code(EMAIL)
    code = walker.code(EMAIL)
    row = admin.execute("select code_hash, details, browser_hash from one_time_code").fetchone()
    assert row is not None
    assert code not in str(row[0])
    assert len(str(row[0])) == 64
    assert b"Llwyd" not in bytes(row[1])  # type: ignore[call-overload] # a bytea column
    jobs = admin.execute("select args::text from procrastinate_jobs").fetchall()
    assert not any(code in str(job) or EMAIL in str(job) for job in jobs)


def test_a_wrong_code_is_refused_and_five_tries_are_all(walker: Walker) -> None:
    walker.to_code(EMAIL)
    code = walker.code(EMAIL)
    for _ in range(5):
        answer = walker.post("/register/code", {"code": wrong(code)})
        assert answer.status_code == 422
        assert "exactly as it is" in answer.text
    answer = walker.post("/register/code", {"code": code})
    assert answer.status_code == 422
    assert "too many times" in answer.text


def test_tries_survive_the_refusal(walker: Walker, admin: Admin) -> None:
    walker.to_code(EMAIL)
    walker.post("/register/code", {"code": wrong(walker.code(EMAIL))})
    assert admin.execute("select tries, consumed_at from one_time_code").fetchone() == (1, None)
    refused = admin.execute("select detail from audit_event where event = 'auth.code_refused'").fetchall()
    assert refused == [({"purpose": "register", "reason": "wrong"},)]


def test_an_expired_code_is_refused(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    walker.to_code(EMAIL)
    code = walker.code(EMAIL)
    later = clock.now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    answer = walker.post("/register/code", {"code": code})
    assert answer.status_code == 422
    assert "no longer works" in answer.text


def test_another_browser_cannot_use_the_code(new_walker: Callable[[], Walker]) -> None:
    mine, other = new_walker(), new_walker()
    mine.to_code(EMAIL)
    code = mine.code(EMAIL)
    other.to_code("jo@oakfield.avonmere.sch.uk")
    assert other.post("/register/code", {"code": code}).status_code == 422
    assert new_walker().get("/register/code").status_code == 303
    assert mine.where(mine.post("/register/code", {"code": code})) == "/register/password"


def test_reading_the_page_uses_nothing_up(walker: Walker, admin: Admin) -> None:
    walker.to_code(EMAIL)
    code = walker.code(EMAIL)
    for path in ("/register/code", f"/register/code?code={code}"):
        assert walker.get(path).status_code == 200
        assert walker.client.head(f"/avonmere{path}").status_code == 200
    assert admin.execute("select tries, consumed_at from one_time_code").fetchone() == (0, None)


def test_a_new_code_supersedes_the_old_one(walker: Walker) -> None:
    walker.to_code(EMAIL)
    old = walker.code(EMAIL)
    assert walker.where(walker.post("/register/resend", page="/register/code")) == "/register/code"
    new = walker.code(EMAIL)
    if new != old:
        assert walker.post("/register/code", {"code": old}).status_code == 422
    assert walker.where(walker.post("/register/code", {"code": f"{new[:3]} {new[3:]}"})) == "/register/password"


def test_a_code_of_another_purpose_or_council_is_refused(councils: Councils) -> None:
    slip, code = given_out(councils)
    for council, purpose in ((councils.england, "sign_in"), (councils.wales, "register")):
        with db.unit_of_work(Scope(council)), pytest.raises(WrongCode, match="expired"):
            codes.spend(slip, purpose, code)


def test_of_twenty_at_once_exactly_one_succeeds(councils: Councils, monkeypatch: pytest.MonkeyPatch) -> None:
    slip, code = given_out(councils)
    real, together = envelope.digest, threading.Barrier(codes.TRIES, timeout=5)

    def digest(wrapped: bytes, row_id: UUID, typed: str) -> str:
        # Those whose try was counted all come this far before the first of them consumes the row.
        together.wait()
        return real(wrapped, row_id, typed)

    monkeypatch.setattr(envelope, "digest", digest)

    def spend(_number: int) -> str:
        try:
            with db.unit_of_work(Scope(councils.england)):
                codes.spend(slip, "register", code)
        except WrongCode as refusal:
            return refusal.reason
        return "spent"

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(spend, range(20)))
    assert results.count("spent") == 1
    assert sorted(set(results)) == ["expired", "spent", "tries"]


def test_a_code_belongs_to_its_browser(councils: Councils) -> None:
    slip, code = given_out(councils)
    with db.unit_of_work(Scope(councils.england)), pytest.raises(WrongCode, match="expired"):
        codes.spend(Slip(slip.id, "another browser"), "register", code)
    with db.unit_of_work(Scope(councils.england)):
        assert codes.spend(slip, "register", code).details.email == "jo@nhs.net"


def test_of_twenty_posts_exactly_one_succeeds(walker: Walker) -> None:
    walker.to_code(EMAIL)
    data = {"code": walker.code(EMAIL), "csrf_token": walker.token("/register/code")}
    cookie = walker.client.get_cookie(PLAIN_NAME)
    assert cookie is not None
    application = walker.client.application

    def post(_number: int) -> int:
        client = application.test_client()
        client.set_cookie(PLAIN_NAME, cookie.value, domain="localhost")
        return client.post("/avonmere/register/code", data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(post, range(20)))
    assert sorted(statuses) == [303] + [422] * 19


def test_what_is_old_is_deleted(councils: Councils, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    given_out(councils)
    later: datetime = clock.now() + timedelta(hours=2)
    with db.unit_of_work(Scope(councils.england)):
        assert codes.tidy() == 0
    monkeypatch.setattr(clock, "now", lambda: later)
    with db.unit_of_work(Scope(councils.england)):
        assert codes.tidy() == 1
    assert admin.execute("select count(*) from one_time_code").fetchone() == (0,)


def given_out(councils: Councils) -> tuple[Slip, str]:
    """A code in England and the browser that waits for it."""
    with db.unit_of_work(Scope(councils.england)) as session:
        slip = codes.begin("register", Details("jo@nhs.net"), "en")
        wrapped = session.connection().exec_driver_sql("select wrapped_key from one_time_code").scalar_one()
        return slip, codes.give_out(slip.id, bytes(wrapped), "register")
